import { EventEmitter, on, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { initTRPC, TRPCError, tracked } from '@trpc/server';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { connectionOf, createWeirClient, findDetail, isWeirError, type Token } from './index.ts';

const t = initTRPC.context<{ authorization: string | undefined }>().create({
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    data: { ...shape.data, ...(error.cause instanceof Refusal && { grpc: error.cause.grpc }) },
  }),
});

/** What a stock server needs to fail as Weir does. */
class Refusal extends Error {
  readonly grpc: { code: string; message: string; details: readonly object[] };
  constructor(code: string, details: readonly object[] = []) {
    super(code);
    this.grpc = { code, message: code, details };
  }
}

const ticks = new EventEmitter();
let refusals: number;
let subscribed: unknown[];

const router = t.router({
  whoAmI: t.procedure.query(({ ctx }) => ctx.authorization ?? 'anonymous'),
  lengthOf: t.procedure.input(String).query(({ input }) => input.length),
  buy: t.procedure.mutation(() => {
    const violation = { field: 'quantity', description: 'must be above 0' };
    throw new TRPCError({
      code: 'BAD_REQUEST',
      cause: new Refusal('INVALID_ARGUMENT', [
        { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [violation] },
      ]),
    });
  }),
  watch: t.procedure
    .input((value: unknown) => value as { symbol: string; lastEventId?: string })
    .subscription(async function* ({ input, ctx, signal }) {
      subscribed.push({ ...input, authorization: ctx.authorization });
      yield tracked('1', 'first');
      if (refusals > 0) {
        refusals -= 1;
        throw new TRPCError({ code: 'SERVICE_UNAVAILABLE', cause: new Refusal('UNAVAILABLE') });
      }
      for await (const [tick] of on(ticks, 'tick', { signal })) yield tracked('2', String(tick));
    }),
  refuse: t.procedure.subscription(async function* () {
    yield 'first';
    throw new TRPCError({ code: 'FORBIDDEN', cause: new Refusal('PERMISSION_DENIED') });
  }),
});

let server: Server;
let sockets: WebSocketServer;
let url: string;
let requests: string[];
const clients: object[] = [];

beforeEach(async () => {
  refusals = 0;
  subscribed = [];
  requests = [];
  const handler = createHTTPHandler({
    router,
    createContext: ({ req }) => ({ authorization: req.headers.authorization }),
    allowMethodOverride: true,
  });
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    handler(request, response);
  }).listen(0, '127.0.0.1');
  sockets = new WebSocketServer({ server });
  applyWSSHandler({
    wss: sockets,
    router,
    createContext: ({ info }) => ({ authorization: info.connectionParams?.authorization }),
    keepAlive: { enabled: true, pingMs: 30_000, pongWaitMs: 5_000 },
  });
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => connectionOf(client).close()));
  for (const socket of sockets.clients) socket.terminate();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function connect(options: { token?: Token; batch?: 'stream' | 'whole' } = {}) {
  const client = createWeirClient<typeof router>({ url, ...options });
  clients.push(client);
  return client;
}

/** Collects a subscription's events; `next` waits for the n-th. */
function watch(client: ReturnType<typeof connect>, symbol = 'AAPL') {
  const heard = new EventEmitter();
  const data: string[] = [];
  const states: string[] = [];
  const errors: unknown[] = [];
  const subscription = client.watch.subscribe(
    { symbol },
    {
      onData: ({ data: each }) => heard.emit('change', data.push(each)),
      onConnectionStateChange: ({ state }) => heard.emit('change', states.push(state)),
      onError: (error) => heard.emit('change', errors.push(error)),
    },
  );
  const until = async (reached: () => boolean) => {
    while (!reached()) await once(heard, 'change');
  };
  return { data, states, errors, until, stop: () => subscription.unsubscribe() };
}

test.each(['stream', 'whole'] as const)('calls of one tick share a request: %s', async (batch) => {
  const client = connect({ batch, token: 'abc' });
  const answers = await Promise.all([client.whoAmI.query(), client.whoAmI.query()]);
  expect(answers).toEqual(['Bearer abc', 'Bearer abc']);
  expect(requests).toHaveLength(1);
});

test.each([
  { batch: 'stream', length: 1_900, method: 'GET' },
  { batch: 'stream', length: 2_000, method: 'POST' },
  { batch: 'whole', length: 2_000, method: 'POST' },
] as const)('a query of $length characters travels by $method: $batch', async (each) => {
  const client = connect({ batch: each.batch });
  expect(await client.lengthOf.query('x'.repeat(each.length))).toBe(each.length);
  expect(requests).toEqual([expect.stringMatching(new RegExp(`^${each.method} /lengthOf`))]);
});

test.each([
  { title: 'a string', token: 'abc', answer: 'Bearer abc' },
  { title: 'a function', token: () => 'abc', answer: 'Bearer abc' },
  { title: 'a promise', token: async () => 'abc', answer: 'Bearer abc' },
  { title: 'none at the moment', token: () => undefined, answer: 'anonymous' },
])('the token is $title', async ({ token, answer }) => {
  expect(await connect({ token }).whoAmI.query()).toBe(answer);
});

test('the token is asked for before each request, so it may be a new one', async () => {
  let count = 0;
  const client = connect({ token: () => `token-${++count}` });
  expect(await client.whoAmI.query()).toBe('Bearer token-1');
  expect(await client.whoAmI.query()).toBe('Bearer token-2');
});

test('a refusal has its details', async () => {
  const error = await connect()
    .buy.mutate()
    .catch((thrown: unknown) => thrown);
  expect(isWeirError(error) && error.data.grpc.code).toBe('INVALID_ARGUMENT');
  expect(findDetail(error, 'google.rpc.BadRequest')?.fieldViolations).toEqual([
    { field: 'quantity', description: 'must be above 0' },
  ]);
});

test('a subscription travels over a WebSocket that opens for it and carries the token', async () => {
  const client = connect({ token: async () => 'abc' });
  const connection = connectionOf(client);
  const seen: string[] = [];
  connection.subscribe((state) => seen.push(state));
  expect(connection.state).toBe('idle');

  const quotes = watch(client);
  await quotes.until(() => quotes.data.length === 1);
  expect(connection.state).toBe('connected');
  ticks.emit('tick', 'second');
  await quotes.until(() => quotes.data.length === 2);

  expect(quotes.data).toEqual(['first', 'second']);
  expect(subscribed).toEqual([{ symbol: 'AAPL', authorization: 'Bearer abc' }]);
  expect(requests).toEqual([]);
  await connection.close();
  expect(seen).toEqual(['connecting', 'connected', 'idle']);
});

test('a stream whose backend goes away is taken up again after its last event', async () => {
  refusals = 2;
  const quotes = watch(connect());
  await quotes.until(() => quotes.data.length === 3);
  expect(quotes.errors).toEqual([]);
  expect(quotes.states.filter((state) => state === 'connecting').length).toBeGreaterThanOrEqual(2);
  expect(subscribed).toEqual([
    { symbol: 'AAPL' },
    { symbol: 'AAPL', lastEventId: '1' },
    { symbol: 'AAPL', lastEventId: '1' },
  ]);
});

test('any other failure of a stream is final', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const data: string[] = [];
  connect().refuse.subscribe(undefined, { onData: (each) => data.push(each), onError: resolve });
  const error = await promise;
  expect(isWeirError(error) && error.data.grpc.code).toBe('PERMISSION_DENIED');
  expect(data).toEqual(['first']);
});

test('a lost socket is opened again and its subscriptions with it', async () => {
  const client = connect();
  const quotes = watch(client);
  await quotes.until(() => quotes.data.length === 1);
  for (const socket of sockets.clients) socket.terminate();
  await quotes.until(() => quotes.data.length === 2);
  expect(subscribed).toHaveLength(2);
  expect(quotes.errors).toEqual([]);
});

test('a client of another making has no connection', () => {
  expect(() => connectionOf({})).toThrow('This client was not made by createWeirClient');
});
