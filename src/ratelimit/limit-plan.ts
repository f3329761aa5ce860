import type { RateLimitConfig } from '../config/schema.ts';
import type { Method } from '../contract/method.ts';
import { nearestName } from '../lib/nearest-name.ts';
import { RecentMap } from '../lib/recent-map.ts';
import { UserError } from '../lib/user-error.ts';
import type { Caller, KeyPart } from './caller.ts';
import { ownerOf } from './caller.ts';
import { createQuota, createRateLimit, fillTime, type Limit } from './limit.ts';
import { type Claim, createBucketName } from './limit-store.ts';

export interface PlannedLimit {
  readonly limit: Limit;
  /** Whose calls it counts together: callers by these parts, or all of them. */
  readonly countedBy: readonly KeyPart[] | 'everyone';
  /** As it was configured, for those who want to read it: `500 per 1s, burst 1000`. */
  readonly description: string;
}

/** Every limit that calls of one method fall under, narrowest first: the first that refuses is named. */
export interface LimitPlan {
  readonly limits: readonly PlannedLimit[];
  /** What a call takes from each of them. */
  readonly cost: number;
  /** What each message of a stream takes from the method's own limit. */
  readonly messageCost: number;
  claimsOf(caller: Caller): readonly Claim[];
  /** What one message of a stream takes; empty where messages are not counted. */
  messageClaimsOf(caller: Caller): readonly Claim[];
}

/** Beyond it ticks are no whole numbers any more; see `ticks.ts`. */
const LONGEST_FILL_TICKS = 2 ** 52;

type Plans = ReadonlyMap<Method, LimitPlan>;

/**
 * Works out the limits of every method from its contract and the configuration.
 * @throws UserError for an override of a method that does not exist, or a cost that no burst can pay.
 */
export function createLimitPlans(
  methods: ReadonlyMap<string, Method>,
  config: RateLimitConfig,
): Plans {
  const problems = unknownMethods(Object.keys(config.methods), methods);
  const common = commonLimits(config);
  const plans = new Map<Method, LimitPlan>();
  for (const method of methods.values()) {
    const plan = createPlan(method, config, common);
    plans.set(method, plan);
    for (const { limit, description } of plan.limits) {
      if (fillTime(limit) > LONGEST_FILL_TICKS) {
        problems.push(
          `${method.path}: its ${limit.scope} limit (${description}) takes longer than eight years to come back; allow more requests, or a smaller burst.`,
        );
      }
      if (Math.max(plan.cost, plan.messageCost) <= limit.burst) continue;
      problems.push(
        `${method.path} costs ${plan.cost}, more than the burst of its ${limit.scope} limit (${description}), so nobody could call it.`,
      );
    }
  }
  if (problems.length > 0) throw new UserError('The rate limits cannot work:', problems);
  return plans;
}

interface CommonLimits {
  readonly caller: PlannedLimit | undefined;
  readonly quotas: readonly PlannedLimit[];
  readonly gateway: PlannedLimit | undefined;
}

function commonLimits({ caller, quotas, gateway }: RateLimitConfig): CommonLimits {
  return {
    caller: caller && planRate('caller', 'caller', caller, caller.key),
    quotas: quotas.map(({ amount, per, key }, index) => ({
      limit: createQuota(`quota${index}:${per}`, amount, per),
      countedBy: key,
      description: `${amount} per ${describeMs(per)}, from its start in UTC`,
    })),
    gateway: gateway && planRate('gateway', 'gateway', gateway, 'everyone'),
  };
}

function createPlan(method: Method, config: RateLimitConfig, common: CommonLimits): LimitPlan {
  const rule = ruleOf(method, config);
  const own = rule && planRate(`callerMethod:${method.path}`, 'callerMethod', rule, rule.key);
  const all =
    config.method && planRate(`method:${method.path}`, 'method', config.method, 'everyone');
  const limits = [common.caller, own, ...common.quotas, all, common.gateway].filter(
    (limit) => limit !== undefined,
  );
  const cost = rule?.cost ?? 1;
  const messageCost = rule?.messageCost ?? 0;
  return {
    limits,
    cost,
    messageCost,
    claimsOf: createClaims(limits, cost),
    messageClaimsOf: createClaims(own === undefined || messageCost === 0 ? [] : [own], messageCost),
  };
}

interface Rule {
  readonly requests: number;
  readonly per: number;
  readonly burst: number | undefined;
  readonly key: readonly KeyPart[];
  readonly cost: number;
  readonly messageCost: number;
}

/** The configuration's word on a method, or else its contract's. */
function ruleOf({ path, policy }: Method, config: RateLimitConfig): Rule | undefined {
  const override = config.methods[path];
  if (override === 'off') return undefined;
  if (override !== undefined) return { ...override, burst: override.burst };
  const { rateLimit } = policy;
  return rateLimit && { ...rateLimit, per: rateLimit.perMs, key: [rateLimit.key] };
}

function planRate(
  id: string,
  scope: 'caller' | 'callerMethod' | 'method' | 'gateway',
  rate: { requests: number; per: number; burst?: number | undefined },
  countedBy: PlannedLimit['countedBy'],
): PlannedLimit {
  const { requests, per, burst = requests } = rate;
  return {
    limit: createRateLimit(id, scope, { requests, perMs: per, burst }),
    countedBy,
    description: `${requests} per ${describeMs(per)}, burst ${burst}`,
  };
}

function createClaims(planned: readonly PlannedLimit[], cost: number) {
  const parts = planned.map(({ limit, countedBy }) => {
    if (countedBy !== 'everyone') return claimsByOwner(limit, countedBy, cost);
    const claim = { limit, bucket: createBucketName(limit, limit.id), cost };
    return () => claim;
  });
  return (caller: Caller): readonly Claim[] => parts.map((claimOf) => claimOf(caller));
}

/** Claims of one limit remembered at a time. */
const MAX_CLAIMS = 1_024;

/** The same claim for the same owner, because a name made anew is hashed anew wherever it is looked up. */
function claimsByOwner(limit: Limit, countedBy: readonly KeyPart[], cost: number) {
  const claims = new RecentMap<string, Claim>(MAX_CLAIMS);
  return (caller: Caller): Claim => {
    const owner = ownerOf(countedBy, caller);
    let claim = claims.get(owner);
    if (claim === undefined) {
      claim = { limit, bucket: createBucketName(limit, owner), cost };
      claims.set(owner, claim);
    }
    return claim;
  };
}

/** One sentence for each configured path that no contract has. */
export function unknownMethods(
  paths: readonly string[],
  methods: ReadonlyMap<string, Method>,
): string[] {
  return paths
    .filter((path) => !methods.has(path))
    .map((path) => {
      const nearest = nearestName(path, [...methods.keys()]);
      const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
      return `There is no method "${path}"${hint}`;
    });
}

const UNITS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

function describeMs(ms: number): string {
  const [unit, size] = UNITS.find(([, size]) => ms % size === 0) ?? (['ms', 1] as const);
  return `${ms / size}${unit}`;
}
