// One gateway's limiter in a process of its own. It takes from one bucket as fast as it is let, tells what
// becomes of it, and on being told to stop sends the moments (CLOCK_MONOTONIC, in ms) at which it was admitted.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { connectRedis } from '../../src/lib/redis/connect-redis.ts';
import type { RedisServers } from '../../src/lib/redis/redis-servers.ts';
import { LeasedStore } from '../../src/ratelimit/leased-store.ts';
import { createRateLimit } from '../../src/ratelimit/limit.ts';
import { createBucketName } from '../../src/ratelimit/limit-store.ts';
import { RedisStore } from '../../src/ratelimit/redis-store.ts';
import { SeenBuckets } from '../../src/ratelimit/seen-buckets.ts';
import { SharedStore, type WhenGone } from '../../src/ratelimit/shared-store.ts';
import { nowInTicks, TICKS_PER_MS } from '../../src/ratelimit/ticks.ts';

export interface LimiterOptions {
  readonly servers: RedisServers;
  readonly skewMs: number;
  readonly leased: boolean;
  readonly whenGone: WhenGone;
  readonly rate: { readonly requests: number; readonly perMs: number; readonly burst: number };
  readonly maxShare: number;
  readonly settleMs: number;
}

export interface LimiterReport {
  readonly admittedAt: readonly number[];
  readonly slowestMs: number;
  /** The longest that this process itself was held up, by the machine or by its own work. */
  readonly heldUpMs: number;
  readonly modes: readonly string[];
}

/** What the process says, in this order, with `mode`, `instances` and `admitted` as they change. */
export type LimiterNews =
  | { readonly kind: 'ready' }
  | { readonly kind: 'running' }
  | { readonly kind: 'mode'; readonly mode: string }
  | { readonly kind: 'instances'; readonly instances: number }
  | { readonly kind: 'admitted'; readonly admitted: number }
  | { readonly kind: 'report'; readonly report: LimiterReport };

const CALLERS = 4;

const options: LimiterOptions = JSON.parse(process.argv[2] ?? '');
const { servers, skewMs, leased, whenGone, rate, maxShare, settleMs } = options;
const limit = createRateLimit('test', 'method', rate);
const claims = [{ limit, bucket: createBucketName(limit, 'all'), cost: 1 }];

const redis = connectRedis({ ...servers, timeoutMs: 25 });
const seen = new SeenBuckets(1_000, () => nowInTicks() + skewMs * TICKS_PER_MS);
const prefix = 'test:';
const modes: string[] = [];
const tell = (news: LimiterNews) => process.send?.(news);
const shared = new SharedStore({
  redis,
  seen,
  prefix,
  whenGone,
  settleMs,
  store: leased
    ? new LeasedStore({ redis, seen, prefix, maxShare, maxLeases: 10 })
    : new RedisStore({ redis, seen, prefix }),
  onChange: ({ mode }) => {
    modes.push(mode);
    tell({ kind: 'mode', mode });
  },
});

const delays = monitorEventLoopDelay({ resolution: 1 });
let stopped = false;
let slowestMs = 0;
let instances = 0;
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
    if (admitted) {
      admittedAt.push(to);
      tell({ kind: 'admitted', admitted: admittedAt.length });
    }
    if (shared.status.instances !== instances) {
      instances = shared.status.instances;
      tell({ kind: 'instances', instances });
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

await shared.ready();
process.once('message', async () => {
  delays.enable();
  const running = Promise.all(Array.from({ length: CALLERS }, call));
  tell({ kind: 'running' });
  await new Promise((resolve) => process.once('message', resolve));
  stopped = true;
  await running;
  await shared.close();
  await redis.close();
  const heldUpMs = delays.max / 1e6;
  tell({ kind: 'report', report: { admittedAt, slowestMs, heldUpMs, modes } });
  process.disconnect?.();
});
tell({ kind: 'ready' });
