import { AnswerCache } from '../cache/answer-cache.ts';
import { type CacheRule, cacheRuleOf } from '../cache/cache-rules.ts';
import { Generations } from '../cache/generations.ts';
import { MemoryLayer } from '../cache/memory-layer.ts';
import { RedisLayer } from '../cache/redis-layer.ts';
import type { Config, RedisConfig } from '../config/schema.ts';
import { digestContract } from '../contract/contract-digest.ts';
import type { Method } from '../contract/method.ts';
import type { ContractSnapshot } from '../contract/snapshot.ts';
import { connectRedis } from '../lib/redis/connect-redis.ts';
import type { Redis } from '../lib/redis/redis.ts';
import { UserError } from '../lib/user-error.ts';
import { createLimiter, type Limiter, type LimiterStatus } from '../ratelimit/create-limiter.ts';
import { InFlight } from '../ratelimit/in-flight.ts';
import { createLimitDecisions, type LimitDecisions } from '../ratelimit/limit-decisions.ts';
import { createLimitPlans, unknownMethods } from '../ratelimit/limit-plan.ts';
import { meterRedis } from '../telemetry/metrics/meter-redis.ts';
import { RedisMeter } from '../telemetry/metrics/redis-meter.ts';
import type { CacheOptions } from './cache.ts';
import type { LimitOptions } from './limit.ts';
import { requireRedis } from './require-redis.ts';

export interface CallerCostOptions {
  readonly config: Config;
  /** Processes that serve together. Default 1. */
  readonly workers?: number;
  /** Called once for each change between shared limits and what holds while Redis is gone. */
  readonly onLimiterChange: (status: LimiterStatus) => void;
}

/** What calls of one snapshot may cost: the settings of the pipeline's steps `limit` and `cache`. */
export interface SnapshotCost {
  readonly limit: LimitOptions;
  readonly cache: CacheOptions;
}

/**
 * Limits and caches, which outlive every snapshot: a new contract must not fill anyone's bucket.
 */
export interface CallerCost {
  readonly limiter: Limiter;
  /** What the limits decided so far. */
  readonly decisions: LimitDecisions;
  /** Undefined where nothing is shared. */
  readonly redis: RedisMeter | undefined;
  readonly answers: AnswerCache;
  /**
   * @param own what Weir answers itself, limited as the snapshot's methods are
   * @throws UserError when the configuration names methods that are neither.
   */
  forSnapshot(snapshot: ContractSnapshot, own?: readonly Method[]): SnapshotCost;
  /** Forgets the answers of methods (by path) or tags, in every gateway that shares the cache. */
  invalidate(tags: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** @throws UserError when something is to be shared and the configuration has no Redis. */
export function createCallerCost({
  config,
  workers = 1,
  onLimiterChange,
}: CallerCostOptions): CallerCost {
  requireRedis(config);
  const redis = config.redis && connect(config.redis);
  const limiter = createLimiter({
    config: config.rateLimits,
    redis,
    workers,
    onChange: onLimiterChange,
  });
  const shared = sharedCacheOptions(config, redis);
  const { memory: maxBytes, maxAnswer: maxAnswerBytes } = config.cache;
  const answers = new AnswerCache({
    memory: new MemoryLayer({ maxBytes, maxAnswerBytes }),
    redis: shared && new RedisLayer({ ...shared, maxAnswerBytes }),
  });
  const generations = new Generations(shared);
  const running = new InFlight(config.rateLimits.concurrency.calls);
  const open = new InFlight(config.rateLimits.concurrency.streams);
  const decisions = createLimitDecisions();

  return {
    limiter,
    decisions,
    redis: redis?.meter,
    answers,
    forSnapshot(snapshot, own = []) {
      const limited = new Map(snapshot.methods);
      for (const method of own) limited.set(method.path, method);
      const plans = createLimitPlans(limited, config.rateLimits);
      const rules = createCacheRules(snapshot, config);
      return {
        limit: {
          config: config.rateLimits,
          store: limiter.store,
          planOf: (method) => plans.get(method),
          running,
          open,
          decisions,
        },
        cache: {
          cache: answers,
          generations,
          contract: digestContract(snapshot.registry),
          ruleOf: (method) => rules.get(method),
          forwardedHeaders: config.metadata.request,
          defaultTimeoutMs: config.deadline.default,
        },
      };
    },
    invalidate: (tags) => generations.renew(tags),
    async close() {
      await limiter.close();
      await redis?.client.close();
    },
  };
}

interface SharedRedis {
  readonly client: Redis;
  readonly config: RedisConfig;
  readonly meter: RedisMeter;
}

function connect(config: RedisConfig): SharedRedis {
  const redis = connectRedis({ ...config.servers, timeoutMs: config.timeout });
  const meter = new RedisMeter(() => redis.connected);
  return { client: meterRedis(redis, meter), config, meter };
}

function sharedCacheOptions(config: Config, redis: ReturnType<typeof connect> | undefined) {
  if (!config.cache.enabled || !config.cache.shared || redis === undefined) return undefined;
  return { redis: redis.client, prefix: `${redis.config.prefix}cache:` };
}

/** @throws UserError that names each override that cannot apply. */
export function createCacheRules(
  { methods }: Pick<ContractSnapshot, 'methods'>,
  config: Pick<Config, 'cache'>,
): ReadonlyMap<Method, CacheRule> {
  const problems = unknownMethods(Object.keys(config.cache.methods), methods);
  const rules = new Map<Method, CacheRule>();
  for (const method of methods.values()) {
    const rule = cacheRuleOf(method, config.cache);
    if (rule !== undefined) rules.set(method, rule);
    const override = config.cache.methods[method.path];
    if (override === undefined || override === 'off' || !config.cache.enabled) continue;
    if (rule === undefined) {
      problems.push(
        `${method.path} is not a query: its contract does not say NO_SIDE_EFFECTS, so its answers cannot be given again.`,
      );
    }
  }
  if (problems.length > 0) throw new UserError('The cache cannot work:', problems);
  return rules;
}
