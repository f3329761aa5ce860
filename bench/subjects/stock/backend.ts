import { join } from 'node:path';
import {
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ROOT } from '../../places.ts';

type Unary = (input: object, done: (error: ServiceError | null, answer: unknown) => void) => void;

interface QuoteClient {
  readonly getQuote: Unary;
  readonly listInstruments: Unary;
  readonly watchQuotes: (input: object) => ClientReadableStream<unknown>;
}

interface OrderClient {
  readonly placeOrder: Unary;
}

/** What proto-loader gives, in the shape that its own type generator would have written down. */
interface Loaded {
  readonly market: {
    readonly v1: { readonly QuoteService: new (...args: ClientArguments) => QuoteClient };
  };
  readonly orders: {
    readonly v1: { readonly OrderService: new (...args: ClientArguments) => OrderClient };
  };
}

type ClientArguments = [
  address: string,
  credentials: ReturnType<typeof credentials.createInsecure>,
];

export function connectBackend(port: number): { quotes: QuoteClient; orders: OrderClient } {
  const definition = loadSync(['market/v1/quote_service.proto', 'orders/v1/order_service.proto'], {
    includeDirs: [join(ROOT, 'proto')],
    longs: String,
    enums: String,
    bytes: String,
    defaults: true,
    oneofs: true,
  });
  const loaded = loadPackageDefinition(definition) as unknown as Loaded;
  const to: ClientArguments = [`127.0.0.1:${port}`, credentials.createInsecure()];
  return {
    quotes: new loaded.market.v1.QuoteService(...to),
    orders: new loaded.orders.v1.OrderService(...to),
  };
}
