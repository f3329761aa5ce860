import { isAnonymous } from '../auth/identity.ts';
import type { RateLimitConfig } from '../config/schema.ts';
import type { Method } from '../contract/method.ts';
import type { WeirError } from '../errors.ts';
import type { Caller } from '../ratelimit/caller.ts';
import { ownerOf } from '../ratelimit/caller.ts';
import type { InFlight } from '../ratelimit/in-flight.ts';
import type { LimitDecisions } from '../ratelimit/limit-decisions.ts';
import type { LimitPlan } from '../ratelimit/limit-plan.ts';
import type { LimitStore, Verdict } from '../ratelimit/limit-store.ts';
import { rateLimitHeaders } from '../ratelimit/rate-limit-headers.ts';
import type { Call } from './call.ts';
import { limitExceeded, tooManyAtOnce } from './limit-refusal.ts';
import type { StreamMiddleware, UnaryMiddleware } from './middleware.ts';
import { pauseCall } from './pause-call.ts';
import type { AuthenticatedCall } from './permitted-call.ts';
import type { Reply } from './reply.ts';

export interface LimitOptions {
  readonly config: Pick<RateLimitConfig, 'concurrency' | 'headers' | 'tenantClaim'>;
  readonly store: LimitStore;
  /** Of the methods of the current snapshot. */
  readonly planOf: (method: Method) => LimitPlan | undefined;
  /** Unary calls between request and answer, by caller. */
  readonly running: InFlight;
  /** Open streams, by caller. */
  readonly open: InFlight;
  /** Counts what was decided. */
  readonly decisions: LimitDecisions;
}

/** Calls under way are counted by who makes them. */
const DEFAULT_KEY = ['default'] as const;

/** Lets a call pass if its caller may make it now. Each call of a batch is asked for on its own. */
export function createUnaryLimit(options: LimitOptions): UnaryMiddleware<AuthenticatedCall> {
  const { store, config, running, decisions } = options;
  return (next) => {
    return function limitCall(call) {
      const caller = callerOf(call, config);
      const holder = ownerOf(DEFAULT_KEY, caller);
      if (!running.acquire(holder)) {
        decisions.refused.concurrency++;
        call.notes?.event('limit refused', { 'weir.limit': 'calls at once' });
        throw tooManyAtOnce('calls', config.concurrency.calls);
      }
      let reply: Reply | Promise<Reply>;
      try {
        const taken = store.take(options.planOf(call.method)?.claimsOf(caller) ?? []);
        // Limits in memory and leased tokens answer at once, and then nothing waits.
        reply =
          taken instanceof Promise
            ? answered(taken, call).then((verdict) => proceed(verdict, call))
            : proceed(taken, call);
      } catch (thrown) {
        running.release(holder);
        throw thrown;
      }
      if (reply instanceof Promise) return releaseAfter(reply, running, holder);
      running.release(holder);
      return reply;
    };
    function proceed(verdict: Verdict, call: AuthenticatedCall) {
      countDecision(verdict, decisions);
      if (!verdict.admitted) throw refused(verdict, call);
      const reply = next(call);
      if (!worthTelling(verdict, config.headers)) return reply;
      return reply instanceof Promise
        ? reply.then((late) => withHeaders(late, verdict))
        : withHeaders(reply, verdict);
    }
  };
}

/** As `finally`, which makes three promises where this makes one. */
function releaseAfter(reply: Promise<Reply>, held: InFlight, holder: string): Promise<Reply> {
  return reply.then(
    (value) => {
      held.release(holder);
      return value;
    },
    (thrown: unknown) => {
      held.release(holder);
      throw thrown;
    },
  );
}

/** The same for the start of a stream; its messages are held back where they have a cost of their own. */
export function createStreamLimit(options: LimitOptions): StreamMiddleware<AuthenticatedCall> {
  const { store, config, open, decisions } = options;
  return (next) =>
    async function* limitStream(call) {
      const caller = callerOf(call, config);
      const holder = ownerOf(DEFAULT_KEY, caller);
      const plan = options.planOf(call.method);
      if (!open.acquire(holder)) {
        decisions.refused.concurrency++;
        call.notes?.event('limit refused', { 'weir.limit': 'streams at once' });
        throw tooManyAtOnce('streams', config.concurrency.streams);
      }
      try {
        const taken = store.take(plan?.claimsOf(caller) ?? []);
        const verdict = taken instanceof Promise ? await answered(taken, call) : taken;
        countDecision(verdict, decisions);
        if (!verdict.admitted) throw refused(verdict, call);
        if (plan === undefined || plan.messageCost === 0) {
          yield* next(call);
          return;
        }
        for await (const item of next(call)) {
          await waitForTokens(store, plan, caller, call);
          yield item;
        }
      } finally {
        open.release(holder);
      }
    };
}

/** What the limiter says after a round trip, which is told of: the call waited for it. */
async function answered(taken: Promise<Verdict>, { notes }: Call): Promise<Verdict> {
  const askedAt = performance.now();
  const verdict = await taken;
  notes?.event('limiter answered', { 'weir.wait_ms': Math.round(performance.now() - askedAt) });
  return verdict;
}

function refused(verdict: Extract<Verdict, { admitted: false }>, call: Call): WeirError {
  call.notes?.event('limit refused', { 'weir.limit': verdict.refusedBy.limit.scope });
  return limitExceeded(verdict, call);
}

function countDecision(verdict: Verdict, decisions: LimitDecisions): void {
  if (verdict.admitted) decisions.admitted++;
  else decisions.refused[verdict.refusedBy.limit.scope]++;
}

async function waitForTokens(
  store: LimitStore,
  plan: LimitPlan,
  caller: Caller,
  call: Call,
): Promise<void> {
  for (;;) {
    const verdict = await store.take(plan.messageClaimsOf(caller));
    if (verdict.admitted) return;
    call.notes?.paused(verdict.retryAfterMs);
    await pauseCall(call, verdict.retryAfterMs);
  }
}

function callerOf(
  { peer, identity }: AuthenticatedCall,
  { tenantClaim }: Pick<RateLimitConfig, 'tenantClaim'>,
): Caller {
  const { address } = peer;
  if (isAnonymous(identity)) {
    return { address, subject: undefined, apiKey: undefined, tenant: undefined };
  }
  const subject = `${identity.issuer} ${identity.subject}`;
  const tenant = identity.claims[tenantClaim];
  return {
    address,
    subject,
    apiKey: identity.proof === 'apiKey' ? subject : undefined,
    tenant: typeof tenant === 'string' ? tenant : undefined,
  };
}

function worthTelling(verdict: Verdict, when: RateLimitConfig['headers']): boolean {
  if (when !== 'low') return when === 'always';
  if (!verdict.admitted || verdict.tightest === undefined) return false;
  return verdict.remaining * 2 <= verdict.tightest.limit.burst;
}

function withHeaders(reply: Reply, verdict: Verdict): Reply {
  const own = rateLimitHeaders(verdict);
  if (own.length === 0) return reply;
  const headers = reply.headers.length === 0 ? own : [...reply.headers, ...own];
  return { ...reply, headers };
}
