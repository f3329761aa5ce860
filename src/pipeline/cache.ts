import type { AnswerCache, CacheOutcome, CacheStatus } from '../cache/answer-cache.ts';
import { cacheHeaders } from '../cache/cache-headers.ts';
import type { CacheRule } from '../cache/cache-rules.ts';
import type { Method } from '../contract/method.ts';
import type { Cancellation } from '../lib/cancellation.ts';
import type { CallNotes } from '../telemetry/call-notes.ts';
import { CacheKeys, type CacheKeysOptions } from './cache-keys.ts';
import type { UnaryHandler, UnaryMiddleware } from './middleware.ts';
import type { PermittedCall } from './permitted-call.ts';
import type { Reply } from './reply.ts';

export interface CacheOptions extends CacheKeysOptions {
  readonly cache: AnswerCache;
  readonly ruleOf: (method: Method) => CacheRule | undefined;
  /** How long a fetch behind a stale answer may take, for methods whose contract gives no timeout. */
  readonly defaultTimeoutMs: number;
}

/**
 * Gives answers again where the contract allows it. After authorisation, so that nobody reads from the
 * cache what he may not ask for.
 */
export function createUnaryCache(options: CacheOptions): UnaryMiddleware<PermittedCall> {
  const { cache, ruleOf } = options;
  return (next) => {
    const keys = new CacheKeys(options);
    return function answerFromCache(call) {
      const rule = ruleOf(call.method);
      const key = rule && keys.of(call, rule);
      if (rule === undefined || key === undefined) return next(call);
      const outcome = cache.fetch({
        key,
        terms: rule.terms,
        caller: call.cancellation,
        deadline: call.deadline,
        load: (cancellation, behind) => load(call, rule, next, { cancellation, behind }, options),
      });
      if (!(outcome instanceof Promise)) return toReply(outcome, call, rule);
      const askedAt = performance.now();
      return outcome.then((late) => {
        if (late.status === 'coalesced') {
          const waitedMs = Math.round(performance.now() - askedAt);
          call.notes?.event('waited for an equal call', { 'weir.wait_ms': waitedMs });
        }
        return toReply(late, call, rule);
      });
    };
  };
}

function toReply(outcome: CacheOutcome, { notes, permit }: PermittedCall, rule: CacheRule): Reply {
  if (notes !== undefined) noteStatus(notes, outcome.status);
  const now = Date.now();
  const { json, storedAt } = outcome.answer;
  const headers = cacheHeaders(outcome, rule, permit.everyone, now);
  if (outcome.status !== 'stale') return { json, headers };
  return { json, headers, staleMs: Math.max(0, Math.round(now - storedAt)) };
}

/** A miss was told of before the backend was asked; see `load`. */
function noteStatus(notes: CallNotes, status: CacheStatus): void {
  notes.cache = status;
  if (status !== 'miss') notes.event(`cache ${status}`);
}

async function load(
  call: PermittedCall,
  rule: CacheRule,
  next: UnaryHandler<PermittedCall>,
  { cancellation, behind }: { readonly cancellation: Cancellation; readonly behind: boolean },
  { defaultTimeoutMs }: CacheOptions,
): Promise<string> {
  const { policy } = call.method;
  if (!behind) call.notes?.event('cache miss');
  const reply = await next({
    ...call,
    cancellation,
    // The call whose caller was given a stale answer has ended before this one has.
    notes: behind ? undefined : call.notes,
    deadline: behind ? performance.now() + (policy.timeoutMs ?? defaultTimeoutMs) : call.deadline,
    // An answer for everyone must not be shaped by the headers or the name of who happened to ask first.
    ...(rule.scope === 'public' ? { headers: {}, identityMetadata: [] } : {}),
  });
  return reply.json;
}
