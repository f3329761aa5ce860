import { type CacheRule, cacheRuleOf } from '../cache/cache-rules.ts';
import type { Config } from '../config/schema.ts';
import type { ContractSnapshot } from '../contract/snapshot.ts';
import { parseMaster } from '../lib/redis/redis-servers.ts';
import { RENEW_METHOD } from '../procedures/renew-procedure.ts';
import { createLimitPlans, type LimitPlan } from '../ratelimit/limit-plan.ts';
import { durationText } from './duration-text.ts';
import { formatTable } from './table.ts';

/**
 * What a call of each method may cost its caller, after contract and configuration are joined.
 * @throws UserError when the two do not fit together.
 */
export function explainCost(
  { methods }: Pick<ContractSnapshot, 'methods'>,
  config: Pick<Config, 'server' | 'rateLimits' | 'cache' | 'redis'>,
): string {
  const all = new Map(methods).set(RENEW_METHOD.path, RENEW_METHOD);
  const plans = createLimitPlans(all, config.rateLimits);
  const rows = [...all.values()].flatMap((method) => {
    const plan = plans.get(method);
    const limits = plan === undefined ? [] : describeLimits(plan);
    const cache = describeCache(cacheRuleOf(method, config.cache));
    const [first = 'no limit', ...more] = limits;
    return [[method.path, first, cache], ...more.map((limit) => ['', limit, ''])];
  });
  const { store, whenRedisGone } = config.rateLimits;
  const redis = describeServers(config.redis);
  const { workers } = config.server;
  const where = {
    memory:
      workers === 1
        ? 'each gateway counts for itself'
        : `each of ${workers} workers counts for itself and admits its part of every limit, so a caller on one connection is refused at that part; redis or leased count all together`,
    redis: `all gateways count together in ${redis}; without it: ${whenRedisGone}`,
    leased: `all gateways count together by leases from ${redis}; without it: ${whenRedisGone}`,
  }[store];
  const table = formatTable(['method', 'limits, the first that refuses is named', 'cache'], rows);
  return `Limits: ${where}.\n\n${table}`;
}

/** Without what lets in: this is printed. */
function describeServers(redis: Config['redis']): string {
  if (redis === undefined) return 'Redis';
  const { servers } = redis;
  if ('sentinels' in servers) {
    const name = parseMaster(servers.master).hostname;
    return `the Redis that ${hostsOf(servers.sentinels)} know as ${name}`;
  }
  const what = servers.urls.length === 1 ? 'Redis' : 'the Redis cluster';
  return `${what} at ${hostsOf(servers.urls)}`;
}

function hostsOf(urls: readonly string[]): string {
  return urls.map((url) => new URL(url).host).join(', ');
}

const SCOPES = {
  caller: 'each caller, all methods',
  callerMethod: 'each caller',
  quota: 'each caller, all methods',
  method: 'all callers',
  gateway: 'all callers, all methods',
} as const;

function describeLimits({ limits, cost, messageCost }: LimitPlan): string[] {
  const costs = [
    cost === 1 ? '' : `, a call costs ${cost}`,
    messageCost === 0 ? '' : `, a message ${messageCost}`,
  ].join('');
  return limits.map(({ limit, countedBy, description }) => {
    const by = countedBy === 'everyone' ? '' : ` by ${countedBy.map(describeKey).join(' and ')}`;
    return `${SCOPES[limit.scope]}${by}: ${description}${costs}`;
  });
}

function describeKey(part: string): string {
  return part === 'default' ? 'subject or address' : part === 'ip' ? 'address' : part;
}

function describeCache(rule: CacheRule | undefined): string {
  if (rule === undefined) return 'never';
  const { ttlMs, staleWhileRevalidateMs, staleIfErrorMs } = rule.terms;
  const whose = rule.scope === 'public' ? 'for everyone' : 'for each caller';
  const stale = [
    staleWhileRevalidateMs === 0 ? '' : `, +${durationText(staleWhileRevalidateMs)} while renewing`,
    staleIfErrorMs === 0 ? '' : `, +${durationText(staleIfErrorMs)} while the backend fails`,
  ].join('');
  const fresh = ttlMs === 0 ? 'only equal calls under way' : durationText(ttlMs);
  return `${fresh} ${whose}${stale}`;
}
