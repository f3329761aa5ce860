// What do picking, breakers and the retry step cost a call, beside a transport that answers at once?
import { bench, do_not_optimize, run, summary } from 'mitata';
import { upstreamSection } from '../../src/config/upstream-section.ts';
import type { Method } from '../../src/contract/method.ts';
import type { RetryPolicy } from '../../src/contract/policy.ts';
import { Cancellation } from '../../src/lib/cancellation.ts';
import type { BackendCall } from '../../src/upstream/backend-call.ts';
import { REAL_SURROUNDINGS } from '../../src/upstream/surroundings.ts';
import type { Transport } from '../../src/upstream/transport/transport.ts';
import { createUpstream } from '../../src/upstream/upstream.ts';

const reply = { message: new Uint8Array(100), headers: [], trailers: [] };
const transport = { unary: async () => reply, async close() {} } as unknown as Transport;

const retry: RetryPolicy = {
  maxAttempts: 3,
  codes: ['UNAVAILABLE'],
  initialBackoffMs: 25,
  maxBackoffMs: 250,
  perTryTimeoutMs: undefined,
};

const call: BackendCall = {
  method: {
    rpcPath: '/market.v1.QuoteService/GetQuote',
    kind: 'unary',
    idempotency: 'noSideEffects',
    policy: { retry, priority: 'default' },
  } as unknown as Method,
  message: new Uint8Array(20),
  metadata: [['x-request-id', 'bench-1']],
  deadline: performance.now() + 3_600_000,
  cancellation: new Cancellation(),
  input: { symbol: 'AAPL' },
  headers: {},
};

/** An upstream of so many endpoints with what else stands in its configuration. */
async function upstreamOf(endpoints: number, config: object = {}) {
  const quiet = new Proxy({}, { get: () => () => {}, ownKeys: () => [] });
  return createUpstream({
    name: 'market',
    config: upstreamSection.parse({
      endpoints: Array.from({ length: endpoints }, (_, at) => `10.0.0.${at + 1}:50051`),
      connectAhead: false,
      ...config,
    }),
    events: quiet as never,
    surroundings: { ...REAL_SURROUNDINGS, createTransport: () => transport },
  });
}

const three = await upstreamOf(3);
const hundred = await upstreamOf(100);
const all = await upstreamOf(3, {
  adaptiveConcurrency: {},
  queue: { maxInFlight: 100 },
  serviceBreaker: {},
});

summary(() => {
  bench('the transport alone', async () => do_not_optimize(await transport.unary(call as never)));
  bench('3 endpoints', async () => do_not_optimize(await three.unary(call)));
  bench('100 endpoints', async () => do_not_optimize(await hundred.unary(call)));
  bench('3 endpoints, with queue, adaptive limit and service breaker', async () =>
    do_not_optimize(await all.unary(call)),
  );
});

await run();
process.exit();
