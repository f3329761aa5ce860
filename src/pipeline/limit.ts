import { isAnonymous } from '../auth/identity.ts';
import type { RateLimitConfig } from '../config/schema.ts';
import type { Method } from '../contract/method.ts';
import type { Caller } from '../ratelimit/caller.ts';
import { ownerOf } from '../ratelimit/caller.ts';
import type { InFlight } from '../ratelimit/in-flight.ts';
import type { LimitPlan } from '../ratelimit/limit-plan.ts';
import type { LimitStore, Verdict } from '../ratelimit/limit-store.ts';
import { rateLimitHeaders } from '../ratelimit/rate-limit-headers.ts';
import type { Call } from './call.ts';
import { limitExceeded, tooManyAtOnce } from './limit-refusal.ts';
import type { StreamMiddleware, UnaryMiddleware } from './middleware.ts';
import { pauseCall } from './pause-call.ts';
import type { AuthenticatedCall } from './permitted-call.ts';

export interface LimitOptions {
  readonly config: Pick<RateLimitConfig, 'concurrency' | 'headers' | 'tenantClaim'>;
  readonly store: LimitStore;
  /** Of the methods of the current snapshot. */
  readonly planOf: (method: Method) => LimitPlan | undefined;
  /** Unary calls between request and answer, by caller. */
  readonly running: InFlight;
  /** Open streams, by caller. */
  readonly open: InFlight;
}

/** Lets a call pass if its caller may make it now. Each call of a batch is asked for on its own. */
export function createUnaryLimit(options: LimitOptions): UnaryMiddleware<AuthenticatedCall> {
  const { store, config, running } = options;
  return (next) =>
    async function limitCall(call) {
      const caller = callerOf(call, config);
      const holder = ownerOf(['default'], caller);
      if (!running.acquire(holder)) throw tooManyAtOnce('calls', config.concurrency.calls);
      try {
        const taken = store.take(options.planOf(call.method)?.claimsOf(caller) ?? []);
        // Limits in memory and leased tokens answer at once, and then nothing waits.
        const verdict = taken instanceof Promise ? await taken : taken;
        if (!verdict.admitted) throw limitExceeded(verdict, call);
        const reply = await next(call);
        return worthTelling(verdict, config.headers) ? withHeaders(reply, verdict) : reply;
      } finally {
        running.release(holder);
      }
    };
}

/** The same for the start of a stream; its messages are held back where they have a cost of their own. */
export function createStreamLimit(options: LimitOptions): StreamMiddleware<AuthenticatedCall> {
  const { store, config, open } = options;
  return (next) =>
    async function* limitStream(call) {
      const caller = callerOf(call, config);
      const holder = ownerOf(['default'], caller);
      const plan = options.planOf(call.method);
      if (!open.acquire(holder)) throw tooManyAtOnce('streams', config.concurrency.streams);
      try {
        const verdict = await store.take(plan?.claimsOf(caller) ?? []);
        if (!verdict.admitted) throw limitExceeded(verdict, call);
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

async function waitForTokens(
  store: LimitStore,
  plan: LimitPlan,
  caller: Caller,
  call: Call,
): Promise<void> {
  for (;;) {
    const verdict = await store.take(plan.messageClaimsOf(caller));
    if (verdict.admitted) return;
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

function withHeaders<Reply extends { headers: readonly (readonly [string, string])[] }>(
  reply: Reply,
  verdict: Verdict,
): Reply {
  const own = rateLimitHeaders(verdict);
  if (own.length === 0) return reply;
  const headers = reply.headers.length === 0 ? own : [...reply.headers, ...own];
  return { ...reply, headers };
}
