import type { AnswerCache } from '../cache/answer-cache.ts';
import { cacheHeaders } from '../cache/cache-headers.ts';
import { createCacheKey } from '../cache/cache-key.ts';
import type { CacheRule } from '../cache/cache-rules.ts';
import { toCanonicalJson } from '../cache/canonical-json.ts';
import type { Generations } from '../cache/generations.ts';
import type { Method } from '../contract/method.ts';
import type { Cancellation } from '../lib/cancellation.ts';
import type { UnaryHandler, UnaryMiddleware } from './middleware.ts';
import type { PermittedCall } from './permitted-call.ts';
import type { Reply } from './reply.ts';

export interface CacheOptions {
  readonly cache: AnswerCache;
  readonly generations: Generations;
  /** Names the published contract; a new one begins with an empty cache. */
  readonly contract: string;
  readonly ruleOf: (method: Method) => CacheRule | undefined;
  /** Request headers that travel to backends, so answers may depend on them. */
  readonly forwardedHeaders: readonly string[];
  /** How long a fetch behind a stale answer may take, for methods whose contract gives no timeout. */
  readonly defaultTimeoutMs: number;
}

/**
 * Gives answers again where the contract allows it. After authorisation, so that nobody reads from the
 * cache what he may not ask for.
 */
export function createUnaryCache(options: CacheOptions): UnaryMiddleware<PermittedCall> {
  const { cache, ruleOf } = options;
  return (next) =>
    async function answerFromCache(call) {
      const rule = ruleOf(call.method);
      const key = rule && keyOf(call, rule, options);
      if (rule === undefined || key === undefined) return next(call);
      const outcome = await cache.fetch({
        key,
        terms: rule.terms,
        caller: call.cancellation,
        deadline: call.deadline,
        load: (cancellation, behind) => load(call, rule, next, { cancellation, behind }, options),
      });
      if (call.notes !== undefined) call.notes.cache = outcome.status;
      const now = Date.now();
      const open = call.permit.everyone;
      const reply: Reply = {
        json: outcome.answer.json,
        headers: cacheHeaders(outcome, rule, open, now),
      };
      if (outcome.status !== 'stale') return reply;
      return { ...reply, staleMs: Math.max(0, Math.round(now - outcome.answer.storedAt)) };
    };
}

/** Undefined for an input that no key can be made of. */
function keyOf(call: PermittedCall, rule: CacheRule, options: CacheOptions): string | undefined {
  const input = toCanonicalJson(call.input);
  if (input === undefined) return undefined;
  return createCacheKey({
    contract: options.contract,
    method: call.method.path,
    generations: options.generations.of(rule.tags),
    identity: rule.scope === 'public' ? undefined : identityOf(call, options.forwardedHeaders),
    input,
  });
}

/** Everything about the caller that the backend gets to see, and so may answer by. */
function identityOf({ identity, headers }: PermittedCall, forwarded: readonly string[]): string {
  const { issuer, subject, roles, permissions } = identity;
  const seen = forwarded.map((name) => headers[name] ?? null);
  return JSON.stringify([issuer, subject, roles, permissions, seen]);
}

async function load(
  call: PermittedCall,
  rule: CacheRule,
  next: UnaryHandler<PermittedCall>,
  { cancellation, behind }: { readonly cancellation: Cancellation; readonly behind: boolean },
  { defaultTimeoutMs }: CacheOptions,
): Promise<string> {
  const { policy } = call.method;
  const reply = await next({
    ...call,
    cancellation,
    deadline: behind ? performance.now() + (policy.timeoutMs ?? defaultTimeoutMs) : call.deadline,
    // An answer for everyone must not be shaped by the headers or the name of who happened to ask first.
    ...(rule.scope === 'public' ? { headers: {}, identityMetadata: [] } : {}),
  });
  return reply.json;
}
