import {
  type DescMethod,
  type DescService,
  getOption,
  hasOption,
  type Registry,
} from '@bufbuild/protobuf';
import { faultsOfOwnOptions, faultsOfPolicy, isRead, isRepeatable } from './check-policy.ts';
import {
  type Access as AccessOption,
  type Cache as CacheOption,
  CacheScope,
  type MethodPolicy as MethodPolicyOption,
  method as methodOption,
  Priority as PriorityOption,
  RateLimitKey,
  type RateLimit as RateLimitOption,
  type ServicePolicy as ServicePolicyOption,
  SlowConsumer,
  type Stream as StreamOption,
  service as serviceOption,
} from './generated/weir/v1/options_pb.ts';
import type {
  Access,
  CachePolicy,
  MethodPolicy,
  Priority,
  RateLimitPolicy,
  StreamPolicy,
} from './policy.ts';
import { readFallback } from './read-fallback.ts';
import { readHedging, readRetry } from './read-retry.ts';
import { toMs } from './to-ms.ts';

const RATE_LIMIT_KEYS: ReadonlyMap<number, RateLimitPolicy['key']> = new Map([
  [RateLimitKey.SUBJECT, 'subject'],
  [RateLimitKey.IP, 'ip'],
  [RateLimitKey.API_KEY, 'apiKey'],
]);

const SLOW_CONSUMERS: ReadonlyMap<number, StreamPolicy['slowConsumer']> = new Map([
  [SlowConsumer.LATEST, 'latest'],
  [SlowConsumer.DROP_OLDEST, 'dropOldest'],
  [SlowConsumer.DISCONNECT, 'disconnect'],
]);

const PRIORITIES: ReadonlyMap<number, Priority> = new Map([
  [PriorityOption.CRITICAL, 'critical'],
  [PriorityOption.BULK, 'bulk'],
]);

/** Options are read from bytes at each question, and each method of a service asks. */
const serviceOptions = new WeakMap<DescService, ServicePolicyOption | undefined>();

function ownOptionsOf(service: DescService): ServicePolicyOption | undefined {
  if (!serviceOptions.has(service)) {
    const isSet = hasOption(service, serviceOption);
    serviceOptions.set(service, isSet ? getOption(service, serviceOption) : undefined);
  }
  return serviceOptions.get(service);
}

/** The upstream that a method's service asks for; its full name when it asks for none. */
export function upstreamOf(method: DescMethod): string {
  const upstream = ownOptionsOf(method.parent)?.upstream ?? '';
  return upstream === '' ? method.parent.typeName : upstream;
}

/**
 * A method's policy: its own options laid field by field over its service's defaults.
 * What contradicts the contract itself goes to `problems`, each a sentence without the method's name.
 *
 * @param registry knows the messages that a fallback answer may hold in an `Any`
 */
export function readPolicy(
  method: DescMethod,
  problems: string[],
  registry?: Registry,
): MethodPolicy {
  const defaults = ownOptionsOf(method.parent)?.defaults;
  const own = hasOption(method, methodOption) ? getOption(method, methodOption) : undefined;
  const pick = <Field extends keyof MethodPolicyOption>(field: Field) =>
    own?.[field] ?? defaults?.[field];
  // One of the two serves a method, so its own takes the place of its service's other.
  const pickUnless = <Field extends 'retry' | 'hedging'>(
    field: Field,
    other: keyof MethodPolicyOption,
  ) => own?.[field] ?? (own?.[other] === undefined ? defaults?.[field] : undefined);

  const access = pick('access');
  const rateLimit = pick('rateLimit');
  const timeout = pick('timeout');
  const retry = isRepeatable(method) ? pickUnless('retry', 'hedging') : undefined;
  const hedging = isRead(method) ? pickUnless('hedging', 'retry') : undefined;
  const fallback = isRead(method) ? pick('fallback') : undefined;
  const cache = isRead(method) ? pick('cache') : undefined;
  const stream = method.methodKind === 'unary' ? undefined : pick('stream');
  const policy = {
    access: access && toAccess(access),
    rateLimit: rateLimit && toRateLimit(rateLimit, problems),
    timeoutMs: timeout && toMs(timeout),
    retry: retry && readRetry(retry, method, problems),
    hedging: hedging && readHedging(hedging, problems),
    // Unset is the number 0, so the service's default stands in.
    priority: PRIORITIES.get(own?.priority || defaults?.priority || 0) ?? 'default',
    fallback: fallback && readFallback(fallback, method, registry, problems),
    cache: cache && toCache(cache),
    stream: stream && toStream(stream, problems),
  };
  problems.push(...faultsOfOwnOptions(method, own), ...faultsOfPolicy(policy));
  return policy;
}

function toAccess(access: AccessOption): Access | undefined {
  switch (access.rule.case) {
    case 'public':
      return access.rule.value ? { rule: 'public' } : undefined;
    case 'authenticated':
      return access.rule.value ? { rule: 'authenticated' } : undefined;
    case 'roles':
    case 'permissions':
      return { rule: access.rule.case, names: access.rule.value.names };
    case undefined:
      return undefined;
  }
}

function toRateLimit(limit: RateLimitOption, problems: string[]): RateLimitPolicy | undefined {
  const perMs = limit.per === undefined ? 0 : toMs(limit.per);
  if (limit.requests === 0 || perMs <= 0) {
    problems.push('has `rate_limit` without `requests` or without `per`, such as {seconds: 1}');
    return undefined;
  }
  const burst = limit.burst === 0 ? limit.requests : limit.burst;
  if (limit.cost > burst) {
    problems.push(
      `has \`rate_limit.cost\` ${limit.cost} above its burst of ${burst}, so nobody can call it`,
    );
  }
  return {
    requests: limit.requests,
    perMs,
    burst,
    key: RATE_LIMIT_KEYS.get(limit.key) ?? 'default',
    cost: limit.cost === 0 ? 1 : limit.cost,
    messageCost: limit.messageCost,
  };
}

function toCache(cache: CacheOption): CachePolicy {
  return {
    ttlMs: cache.ttl === undefined ? 0 : toMs(cache.ttl),
    staleWhileErrorMs: cache.staleWhileError === undefined ? 0 : toMs(cache.staleWhileError),
    staleWhileRevalidateMs:
      cache.staleWhileRevalidate === undefined ? 0 : toMs(cache.staleWhileRevalidate),
    scope: cache.scope === CacheScope.PUBLIC ? 'public' : 'caller',
    tags: cache.tags,
  };
}

function toStream(stream: StreamOption, problems: string[]): StreamPolicy {
  const slowConsumer = SLOW_CONSUMERS.get(stream.slowConsumer) ?? 'block';
  if (stream.share && slowConsumer === 'block') {
    problems.push(
      'has `stream.share` with SLOW_CONSUMER_BLOCK, so one slow caller would hold back all the others',
    );
  }
  if (slowConsumer === 'latest' && stream.latestKey === '') {
    problems.push('has SLOW_CONSUMER_LATEST without `latest_key`');
  }
  return {
    share: stream.share,
    slowConsumer,
    latestKey: stream.latestKey || undefined,
    queue: stream.queue === 0 ? 64 : stream.queue,
    replay: stream.replay,
    resumeField: stream.resumeField || undefined,
    resumeFromField: stream.resumeFromField || undefined,
  };
}
