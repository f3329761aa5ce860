import {
  createTRPCUntypedClient,
  createWSClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  httpSubscriptionLink,
  type TRPCUntypedClient,
  wsLink,
} from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { afterEach, expect, test } from 'vitest';
import { createSampleTable } from './sample-table.ts';
import { type OurOptions, type OurServer, startOurs } from './servers.ts';

type Client = TRPCUntypedClient<AnyTRPCRouter>;
type SocketOptions = Omit<Parameters<typeof createWSClient>[0], 'url'>;

const closing: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(options: OurOptions = {}) {
  const sample = createSampleTable();
  const server = await startOurs(sample.table, options);
  closing.push(server.close);
  return { ...sample, server };
}

function overWebSocket(server: OurServer, options: SocketOptions = {}) {
  const socket = createWSClient({ url: server.wsUrl, retryDelayMs: () => 5, ...options });
  closing.push(() => socket.close());
  return { socket, client: createTRPCUntypedClient({ links: [wsLink({ client: socket })] }) };
}

/** What a subscription brought, and a way to wait for it. */
function follow(client: Client, path: string, input?: unknown) {
  const seen: unknown[] = [];
  const checks = new Set<() => void>();
  const note = (what: unknown) => {
    seen.push(what);
    for (const check of [...checks]) check();
  };
  const subscription = client.subscription(path, input, {
    onData: (data) => note(data),
    onError: (error) => note({ error: error.data?.code ?? error.message }),
    onComplete: () => note('complete'),
  });
  closing.push(() => subscription.unsubscribe());
  return {
    seen,
    unsubscribe: () => subscription.unsubscribe(),
    until: (test: () => boolean) =>
      new Promise<void>((resolve) => {
        const check = () => {
          if (!test()) return;
          checks.delete(check);
          resolve();
        };
        checks.add(check);
        check();
      }),
  };
}

const HTTP_LINKS = {
  httpLink: (url: string) => httpLink({ url }),
  'httpLink, every call a POST': (url: string) => httpLink({ url, methodOverride: 'POST' }),
  httpBatchLink: (url: string) => httpBatchLink({ url }),
  'httpBatchLink, every call a POST': (url: string) =>
    httpBatchLink({ url, methodOverride: 'POST' }),
  httpBatchStreamLink: (url: string) => httpBatchStreamLink({ url }),
};

test.each(Object.entries(HTTP_LINKS))('%s: answers and errors in one tick', async (_, link) => {
  const { server } = await start();
  const client = createTRPCUntypedClient({ links: [link(server.url)] });
  const [slow, fast, failed] = await Promise.allSettled([
    client.query('sample.v1.slow.get', 40),
    client.query('sample.v1.echo.get', { text: 'ä' }),
    client.query('sample.v1.fail.get'),
  ]);
  expect(slow).toMatchObject({ value: 40 });
  expect(fast).toMatchObject({ value: { input: { text: 'ä' } } });
  expect(failed).toMatchObject({
    reason: { message: 'No such thing.', data: { grpc: { details: [{ reason: 'GONE' }] } } },
  });
  expect(await client.mutation('sample.v1.echo.put', 1)).toMatchObject({ input: 1 });
});

test('httpBatchStreamLink shows the fast answer before the slow one is there', async () => {
  const { server } = await start();
  const client = createTRPCUntypedClient({ links: [httpBatchStreamLink({ url: server.url })] });
  const order: unknown[] = [];
  await Promise.all([
    client.query('sample.v1.slow.get', 200).then(() => order.push('slow')),
    client.query('sample.v1.echo.get', 1).then(() => order.push('fast')),
  ]);
  expect(order).toEqual(['fast', 'slow']);
});

test.each(Object.entries(HTTP_LINKS))('%s: an aborted call is cancelled', async (_, link) => {
  const { server, until } = await start();
  const client = createTRPCUntypedClient({ links: [link(server.url)] });
  const abort = new AbortController();
  const call = client.query('sample.v1.hang.get', undefined, { signal: abort.signal });
  await until(({ calls }) => calls.length === 1);
  abort.abort();
  await expect(call).rejects.toThrow();
  await until(({ cancelled }) => cancelled.length === 1);
  await server.http.drain();
  expect(server.http.runningCalls).toBe(0);
});

test('wsLink: queries, mutations, errors and subscriptions over one socket', async () => {
  const { server } = await start();
  const { client } = overWebSocket(server);
  const [answer, failure] = await Promise.allSettled([
    client.query('sample.v1.echo.get', { a: 1 }),
    client.mutation('sample.v1.fail.put'),
  ]);
  expect(answer).toMatchObject({ value: { input: { a: 1 } } });
  expect(failure).toMatchObject({ reason: { data: { code: 'NOT_FOUND' } } });
  const tracked = follow(client, 'sample.v1.tracked.watch', { length: 2 });
  await tracked.until(() => tracked.seen.includes('complete'));
  expect(tracked.seen).toEqual([
    { id: '1', data: { n: 1 } },
    { id: '2', data: { n: 2 } },
    'complete',
  ]);
  expect(server.websocket.stats().sockets).toBe(1);
});

test('wsLink: an error of a subscription ends it', async () => {
  const { server } = await start();
  const { client } = overWebSocket(server);
  const cut = follow(client, 'sample.v1.cut.watch');
  await cut.until(() => cut.seen.length === 2);
  expect(cut.seen).toEqual([{ n: 1 }, { error: 'NOT_FOUND' }]);
});

test('wsLink: leaving a subscription stops it at once', async () => {
  const { server, until } = await start();
  const { client } = overWebSocket(server);
  const silent = follow(client, 'sample.v1.silent.watch');
  await until(({ calls }) => calls.length === 1);
  silent.unsubscribe();
  await until(({ cancelled }) => cancelled.length === 1);
});

test('wsLink, lazy: connects with the first call and leaves when it is idle', async () => {
  const { server } = await start();
  const left = Promise.withResolvers<void>();
  const { client } = overWebSocket(server, {
    lazy: { enabled: true, closeMs: 10 },
    onClose: () => left.resolve(),
  });
  expect(server.websocket.stats().sockets).toBe(0);
  expect(await client.query('sample.v1.echo.get', 1)).toMatchObject({ input: 1 });
  await left.promise;
  expect(await client.query('sample.v1.echo.get', 2)).toMatchObject({ input: 2 });
});

test('wsLink, connectionParams: they are headers of every call', async () => {
  const { server } = await start();
  const { client } = overWebSocket(server, {
    connectionParams: async () => ({ Authorization: 'Bearer t' }),
  });
  expect(await client.query('sample.v1.who.get')).toMatchObject({ authorization: 'Bearer t' });
});

test('wsLink, keepAlive: both sides answer each other', async () => {
  const { server } = await start({
    websocket: { limits: { pingIntervalMs: 30, pongWaitMs: 300 } },
  });
  let closes = 0;
  const { client } = overWebSocket(server, {
    keepAlive: { enabled: true, intervalMs: 30, pongTimeoutMs: 300 },
    onClose: () => {
      closes += 1;
    },
  });
  // Long enough for several pings of either side.
  expect(await client.query('sample.v1.slow.get', 400)).toBe(400);
  expect(closes).toBe(0);
});

test('wsLink, tracked: a lost socket is replaced and the stream resumes after the last item', async () => {
  const old = await start();
  const young = await start();
  let target = old.server;
  const socket = createWSClient({ url: () => target.wsUrl, retryDelayMs: () => 5 });
  closing.push(() => socket.close());
  const client = createTRPCUntypedClient({ links: [wsLink({ client: socket })] });
  const stream = follow(client, 'sample.v1.oneThenSilent.watch');
  await stream.until(() => stream.seen.length === 1);
  target = young.server;
  old.server.websocket.close();
  await young.until(({ calls }) => calls.length === 1);
  expect(young.log.calls[0]).toMatchObject({ lastEventId: '1', input: undefined });
});

test('wsLink: a draining gateway moves a subscription to another one without a gap', async () => {
  const old = await start({ websocket: { limits: { drainJitterMs: 1, closeAfterNoticeMs: 500 } } });
  const young = await start();
  let target = old.server;
  const socket = createWSClient({ url: () => target.wsUrl, retryDelayMs: () => 5 });
  closing.push(() => socket.close());
  const client = createTRPCUntypedClient({ links: [wsLink({ client: socket })] });
  const stream = follow(client, 'sample.v1.oneThenSilent.watch');
  await stream.until(() => stream.seen.length === 1);
  target = young.server;
  await old.server.websocket.drain();
  await young.until(({ calls }) => calls.length === 1);
  expect(young.log.calls[0]).toMatchObject({ lastEventId: '1', input: undefined });
  expect(stream.seen).not.toContain('complete');
});

function overSse(server: OurServer, params?: Record<string, string>): Client {
  return createTRPCUntypedClient({
    links: [
      httpSubscriptionLink({
        url: server.url,
        ...(params === undefined ? undefined : { connectionParams: params }),
      }),
    ],
  });
}

test('httpSubscriptionLink: items, resume ids and the end', async () => {
  const { server, log } = await start();
  const stream = follow(overSse(server, { Authorization: 'Bearer t' }), 'sample.v1.mixed.watch');
  await stream.until(() => stream.seen.includes('complete'));
  expect(stream.seen).toEqual(['a', { id: '7', data: 'b' }, 'c', 'complete']);
  expect(log.calls[0]?.headers.authorization).toBe('Bearer t');
});

test('httpSubscriptionLink: after its longest time a stream resumes behind the last item', async () => {
  const { server, log, until } = await start({ http: { sse: { maxDurationMs: 50 } } });
  const stream = follow(overSse(server), 'sample.v1.oneThenSilent.watch');
  await until(({ calls }) => calls.length === 2);
  expect(log.calls.map(({ lastEventId }) => lastEventId)).toEqual([undefined, '1']);
  stream.unsubscribe();
});

test('httpSubscriptionLink: pings keep a silent stream from being taken for lost', async () => {
  const { server, log, until } = await start({
    http: { sse: { pingIntervalMs: 20, reconnectAfterInactivityMs: 200, maxDurationMs: 600 } },
  });
  follow(overSse(server), 'sample.v1.silent.watch');
  await until(({ cancelled }) => cancelled.length === 1);
  // Without pings the client would have come back twice in that time.
  expect(log.calls.length).toBe(1);
});

test.each(['UNIMPLEMENTED', 'NOT_FOUND', 'RESOURCE_EXHAUSTED'])(
  'httpSubscriptionLink: a subscription refused with %s ends with an error and is not tried again',
  async (code) => {
    const { server, log } = await start();
    const stream = follow(overSse(server), 'sample.v1.refused.watch', { code });
    await stream.until(() => stream.seen.length === 1);
    expect(stream.seen).toMatchObject([{ error: expect.any(String) }]);
    expect(log.calls.length).toBe(1);
  },
);

test('an error of a stock client carries the request id of the answer', async () => {
  const { server } = await start();
  const client = createTRPCUntypedClient({ links: [httpLink({ url: server.url })] });
  await expect(client.query('sample.v1.fail.get')).rejects.toMatchObject({
    data: { requestId: expect.stringMatching(/^ours-/) },
  });
});
