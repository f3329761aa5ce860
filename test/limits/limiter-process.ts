// One gateway's limiter in a process of its own. It takes from one bucket as fast as it is let, and on
// being told to stop sends the moments (CLOCK_MONOTONIC, in ms) at which it was admitted.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { connectRedis } from '../../src/lib/redis/connect-redis.ts';
import { LeasedStore } from '../../src/ratelimit/leased-store.ts';
import { createRateLimit } from '../../src/ratelimit/limit.ts';
import { createBucketName } from '../../src/ratelimit/limit-store.ts';
import { RedisStore } from '../../src/ratelimit/redis-store.ts';
import { SeenBuckets } from '../../src/ratelimit/seen-buckets.ts';
import { SharedStore, type WhenGone } from '../../src/ratelimit/shared-store.ts';
import { nowInTicks, TICKS_PER_MS } from '../../src/ratelimit/ticks.ts';

export interface LimiterOptions {
  readonly url: string;
  readonly skewMs: number;
  readonly leased: boolean;
  readonly whenGone: WhenGone;
  readonly rate: { readonly requests: number; readonly perMs: number; readonly burst: number };
  readonly maxShare: number;
}

export interface LimiterReport {
  readonly admittedAt: readonly number[];
  readonly slowestMs: number;
  /** The longest that this process itself was held up, by the machine or by its own work. */
  readonly heldUpMs: number;
  readonly modes: readonly string[];
}

const CALLERS = 4;

const options: LimiterOptions = JSON.parse(process.argv[2] ?? '');
const { url, skewMs, leased, whenGone, rate, maxShare } = options;
const limit = createRateLimit('test', 'method', rate);
const claims = [{ limit, bucket: createBucketName(limit, 'all'), cost: 1 }];

const redis = connectRedis({ urls: [url], timeoutMs: 25 });
const seen = new SeenBuckets(1_000, () => nowInTicks() + skewMs * TICKS_PER_MS);
const prefix = 'test:';
const modes: string[] = [];
const shared = new SharedStore({
  redis,
  seen,
  prefix,
  whenGone,
  settleMs: 300,
  store: leased
    ? new LeasedStore({ redis, seen, prefix, maxShare, maxLeases: 10 })
    : new RedisStore({ redis, seen, prefix }),
  onChange: ({ mode }) => modes.push(mode),
});

const delays = monitorEventLoopDelay({ resolution: 1 });
let stopped = false;
let slowestMs = 0;
const admittedAt: number[] = [];
const monotonic = () => Number(process.hrtime.bigint()) / 1e6;

async function call(): Promise<void> {
  while (!stopped) {
    const from = monotonic();
    const admitted = await Promise.resolve()
      .then(() => shared.take(claims))
      .then(
        (verdict) => verdict.admitted,
        () => false,
      );
    const to = monotonic();
    slowestMs = Math.max(slowestMs, to - from);
    if (admitted) admittedAt.push(to);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

await shared.ready();
process.once('message', async () => {
  delays.enable();
  const running = Promise.all(Array.from({ length: CALLERS }, call));
  process.send?.('running');
  await new Promise((resolve) => process.once('message', resolve));
  stopped = true;
  await running;
  await shared.close();
  await redis.close();
  const heldUpMs = delays.max / 1e6;
  const report: LimiterReport = { admittedAt, slowestMs, heldUpMs, modes };
  process.send?.(report);
  process.disconnect?.();
});
process.send?.('ready');
