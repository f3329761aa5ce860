import type { Method } from '../contract/method.ts';
import type { FallbackPolicy } from '../contract/policy.ts';
import { type GrpcCode, WeirError } from '../errors.ts';
import type { UnaryMiddleware } from './middleware.ts';
import type { PermittedCall } from './permitted-call.ts';
import type { Reply } from './reply.ts';

export interface FallbackOptions {
  /** An answer of that method, as a backend would send it, in the JSON that callers get. */
  readonly toJson: (method: Method, message: Uint8Array) => string;
}

/** What Weir says itself of a backend that it could not ask; any other refusal of its own is the caller's affair. */
const SAID_OF_BACKENDS: ReadonlySet<GrpcCode> = new Set([
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'RESOURCE_EXHAUSTED',
]);

/**
 * Gives the answer that the contract declares for the case that the backend fails, marked as such. Before
 * the cache, so that an answer that was once true comes first, and so that this one is never kept; after
 * authorisation and limits, whose refusals stand.
 */
export function createUnaryFallback({ toJson }: FallbackOptions): UnaryMiddleware<PermittedCall> {
  const known = new Map<Method, string>();

  function jsonOf(method: Method, { message }: FallbackPolicy): string {
    const json = known.get(method) ?? toJson(method, message);
    known.set(method, json);
    return json;
  }

  return (next) =>
    function answerOrFallBack(call) {
      const { fallback } = call.method.policy;
      if (fallback === undefined) return next(call);

      function fallBack(thrown: unknown): Reply {
        const error = WeirError.from(thrown);
        if (fallback === undefined || !standsInFor(fallback, error, call)) throw error;
        if (call.notes !== undefined) call.notes.fallback = error.code;
        return {
          json: jsonOf(call.method, fallback),
          headers: [['weir-fallback', error.code]],
          fallback: error.code,
        };
      }

      let reply: Reply | Promise<Reply>;
      try {
        reply = next(call);
      } catch (thrown) {
        return fallBack(thrown);
      }
      return reply instanceof Promise ? reply.catch(fallBack) : reply;
    };
}

function standsInFor(
  { codes }: FallbackPolicy,
  { code, origin }: WeirError,
  { cancellation }: PermittedCall,
): boolean {
  if (cancellation.cancelled || !codes.includes(code)) return false;
  return origin === 'backend' || SAID_OF_BACKENDS.has(code);
}
