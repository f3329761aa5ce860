import { createTRPCUntypedClient, createWSClient, wsLink } from '@trpc/client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { arrivals, type Backends, startBackends } from '../support/backends.ts';
import { type ConfigTree, type GatewayProcess, startGateway } from '../support/gateway.ts';
import { getQuery, request } from '../support/request.ts';
import { STOCK_LINKS } from '../support/stock-links.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const LIST = 'market.v1.quoteService.listInstruments';
const WATCH = 'market.v1.quoteService.watchQuotes';

let backends: Backends;
let gateway: GatewayProcess | undefined;

beforeAll(async () => {
  backends = await startBackends();
});

afterEach(async () => {
  expect(await gateway?.stop()).toBe(0);
  gateway = undefined;
});

afterAll(() => backends.stop());

async function start(overrides: ConfigTree): Promise<GatewayProcess> {
  gateway = await startGateway(backends, overrides);
  return gateway;
}

/** Two calls at once, and none back within the test. */
const TWO = { requests: 2, per: '1h', key: 'ip' };

describe.each(STOCK_LINKS.filter(({ carries }) => carries.includes('query')))(
  'over $name',
  (link) => {
    test('the third call over the limit is refused, and only that one', async () => {
      const { client, close } = link.connect(
        await start({ rateLimits: { methods: { [GET_QUOTE]: TWO } } }),
        {},
      );
      const results = await Promise.allSettled([
        client.query(GET_QUOTE, { symbol: 'AAPL' }),
        client.query(GET_QUOTE, { symbol: 'MSFT' }),
        client.query(GET_QUOTE, { symbol: 'GOOG' }),
        client.query(LIST, {}),
      ]);
      expect(results.map(({ status }) => status)).toEqual([
        'fulfilled',
        'fulfilled',
        'rejected',
        'fulfilled',
      ]);
      expect(results[2]).toMatchObject({
        reason: {
          message: `Too many calls of ${GET_QUOTE}: your limit for this method is used up. Try again in 30 minutes.`,
          data: {
            code: 'TOO_MANY_REQUESTS',
            httpStatus: 429,
            retryAfterMs: expect.closeTo(1_800_000, -4),
            grpc: {
              code: 'RESOURCE_EXHAUSTED',
              details: [
                {
                  reason: 'RATE_LIMIT_EXCEEDED',
                  domain: 'weir',
                  metadata: { limit: 'callerMethod' },
                },
              ],
            },
          },
        },
      });
      await close();
    });
  },
);

test('a refused call never reaches the backend, and the answers say how much is left', async () => {
  const { trpcUrl } = await start({ rateLimits: { methods: { [GET_QUOTE]: TWO } } });
  const tag = crypto.randomUUID();
  const answers = [];
  for (let call = 0; call < 4; call += 1) {
    answers.push(await getQuery(trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, { 'x-test-tag': tag }));
  }
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 429]);
  expect(answers.map(({ headers }) => headers.get('ratelimit-policy'))).toEqual(
    Array(4).fill('"callerMethod";q=2;w=3600'),
  );
  expect(answers.map(({ headers }) => headers.get('ratelimit')?.split(';')[1])).toEqual([
    'r=1',
    'r=0',
    'r=0',
    'r=0',
  ]);
  expect(answers.map(({ headers }) => headers.get('retry-after'))).toEqual([
    null,
    null,
    '1800',
    '1800',
  ]);
  expect(arrivals(backends.market, tag)).toBe(2);
});

test('a batch has one set of limit headers', async () => {
  const { trpcUrl } = await start({ rateLimits: { methods: { [GET_QUOTE]: TWO } } });
  const paths = Array(5).fill(GET_QUOTE).join(',');
  const input = JSON.stringify(
    Object.fromEntries(Array.from({ length: 5 }, (_, index) => [index, { symbol: 'AAPL' }])),
  );
  const url = `${trpcUrl}/${paths}?batch=1&input=${encodeURIComponent(input)}`;
  const { status, headers, body } = await request(url);
  expect(status).toBe(207);
  expect(body).toHaveLength(5);
  expect(headers.get('retry-after')).toBe('1800');
  expect(headers.get('ratelimit')).toMatch(/^"callerMethod";r=0;t=\d+$/);
});

test('the narrowest limit that refuses is the one named', async () => {
  const { trpcUrl } = await start({
    rateLimits: {
      caller: { requests: 5, per: '1h' },
      method: { requests: 3, per: '1h' },
      methods: { [GET_QUOTE]: TWO, [LIST]: 'off' },
      gateway: { requests: 100, per: '1h' },
    },
  });
  const limits: unknown[] = [];
  for (const path of [GET_QUOTE, GET_QUOTE, GET_QUOTE, LIST, LIST, LIST, LIST]) {
    const { status, body } = await getQuery(trpcUrl, path, { symbol: 'AAPL' });
    limits.push(
      status === 429 ? (body as RefusalBody).error.data.grpc.details[0].metadata.limit : status,
    );
  }
  // LIST is refused its input, not its limit, until the method's own three are used up.
  expect(limits).toEqual([200, 200, 'callerMethod', 400, 400, 400, 'caller']);
});

interface RefusalBody {
  readonly error: {
    readonly data: {
      readonly grpc: { readonly details: [{ readonly metadata: { limit: string } }] };
    };
  };
}

test('a thousand invented addresses are one caller, unless a trusted proxy vouches for them', async () => {
  const limited = { methods: { [GET_QUOTE]: TWO } };
  const ask = ({ trpcUrl }: GatewayProcess, address: string) =>
    getQuery(trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, { 'x-forwarded-for': address });
  const invented = Array.from(
    { length: 1_000 },
    (_, index) => `198.51.${index >> 8}.${index & 255}`,
  );

  const open = await start({ rateLimits: limited, server: { trustedProxies: [] } });
  const statuses: number[] = [];
  for (const address of invented) statuses.push((await ask(open, address)).status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(2);
  expect(await open.stop()).toBe(0);

  const behind = await start({ rateLimits: limited, server: { trustedProxies: ['127.0.0.0/8'] } });
  const one = await Promise.all(
    ['198.51.100.1', '198.51.100.1', '198.51.100.1'].map((a) => ask(behind, a)),
  );
  const spoofed = await Promise.all(
    ['1.1.1.1', '2.2.2.2', '3.3.3.3'].map((a) => ask(behind, `${a}, 198.51.100.2`)),
  );
  const network = await Promise.all(
    ['2001:db8::1', '2001:db8::2', '2001:db8::3'].map((a) => ask(behind, a)),
  );
  for (const answers of [one, spoofed, network]) {
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 429]);
  }
});

test('what a caller holds at once is bounded: sockets, streams', async () => {
  const running = await start({ rateLimits: { concurrency: { sockets: 2, streams: 1 } } });
  const connect = () => {
    const opened = Promise.withResolvers<'open' | 'refused'>();
    const socket = createWSClient({
      url: running.webSocketUrl,
      retryDelayMs: () => 60_000,
      onOpen: () => opened.resolve('open'),
      onClose: () => opened.resolve('refused'),
      onError: () => opened.resolve('refused'),
    });
    return { socket, opened: opened.promise };
  };
  const first = connect();
  expect(await first.opened).toBe('open');
  const second = connect();
  expect(await second.opened).toBe('open');
  const third = connect();
  expect(await third.opened).toBe('refused');
  await second.socket.close();
  await third.socket.close();

  const client = createTRPCUntypedClient({ links: [wsLink({ client: first.socket })] });
  const watch = () => {
    const outcome = Promise.withResolvers<unknown>();
    const { unsubscribe } = client.subscription(
      WATCH,
      { symbols: ['AAPL'] },
      {
        onData: () => outcome.resolve('data'),
        onError: (error) => outcome.resolve(error.message),
      },
    );
    return { outcome: outcome.promise, unsubscribe };
  };
  const stream = watch();
  expect(await stream.outcome).toBe('data');
  expect(await watch().outcome).toMatch(/^Too many streams at once: you have 1 open/);
  stream.unsubscribe();
  await expect
    .poll(async () => {
      const again = watch();
      const outcome = await again.outcome;
      again.unsubscribe();
      return outcome;
    })
    .toBe('data');
  await first.socket.close();
});

test('messages that cost tokens hold their stream back instead of ending it', async () => {
  const running = await start({
    rateLimits: {
      methods: { [WATCH]: { requests: 5, per: '1s', burst: 2, messageCost: 1 } },
    },
  });
  const link = STOCK_LINKS.find(({ name }) => name === 'wsLink');
  if (link === undefined) throw new Error('no link');
  const { client, close } = link.connect(running, {});
  const started = performance.now();
  const moments: number[] = [];
  const enough = Promise.withResolvers<void>();
  const { unsubscribe } = client.subscription(
    WATCH,
    { symbols: ['AAPL', 'MSFT', 'GOOG', 'AMZN'] },
    {
      onData: () => {
        if (moments.push(performance.now() - started) === 8) enough.resolve();
      },
      onError: (error) => enough.reject(error),
    },
  );
  await enough.promise;
  unsubscribe();
  await close();
  // The call took one of the two tokens, the first message the other, the next seven waited 200 ms each.
  expect(moments[7]).toBeGreaterThan(1_300);
});
