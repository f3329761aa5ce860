import type { ServiceError } from '@grpc/grpc-js';
import { initTRPC, TRPCError } from '@trpc/server';
import { z } from 'zod';
import { connectBackend } from './backend.ts';

const t = initTRPC.create();

/** Procedures as one writes them by hand: an input schema each, and a promise around grpc-js's callback. */
export function createRouter(backendPort: number) {
  const { quotes, orders } = connectBackend(backendPort);
  return t.router({
    market: {
      v1: {
        quoteService: {
          getQuote: t.procedure
            .input(z.object({ symbol: z.string() }))
            .query(({ input }) => ask((done) => quotes.getQuote(input, done))),
          listInstruments: t.procedure
            .input(z.object({ pageSize: z.int().optional(), pageToken: z.string().optional() }))
            .query(({ input }) => ask((done) => quotes.listInstruments(input, done))),
          watchQuotes: t.procedure
            .input(z.object({ symbols: z.array(z.string()) }))
            .subscription(async function* ({ input, signal }) {
              const stream = quotes.watchQuotes(input);
              signal?.addEventListener('abort', () => stream.cancel());
              // The caller is gone: what grpc-js throws then is of no interest to anyone.
              stream.on('error', () => {});
              yield* stream;
            }),
        },
      },
    },
    orders: {
      v1: {
        orderService: {
          placeOrder: t.procedure
            .input(ORDER)
            .mutation(({ input }) => ask((done) => orders.placeOrder(withNote(input), done))),
        },
      },
    },
  });
}

const ORDER = z.object({
  clientOrderId: z.string(),
  symbol: z.string(),
  side: z.enum(['SIDE_BUY', 'SIDE_SELL']),
  quantity: z.int().min(1).max(1_000_000),
  limit: z.object({ price: z.number(), timeInForce: z.string() }).optional(),
  market: z.object({}).optional(),
  note: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
});

/** proto-loader knows no ProtoJSON: a StringValue is an object to it. */
const withNote = ({ note, ...order }: z.infer<typeof ORDER>) =>
  note === undefined ? order : { ...order, note: { value: note } };

function ask(call: (done: (error: ServiceError | null, answer: unknown) => void) => void) {
  return new Promise((resolve, reject) => {
    call((error, answer) => {
      if (error) reject(new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: error }));
      else resolve(answer);
    });
  });
}
