import type { CacheConfig } from '../config/schema.ts';
import type { Method } from '../contract/method.ts';
import type { CacheTerms } from './cached-answer.ts';

/** How answers of one method may be given again. */
export interface CacheRule {
  readonly terms: CacheTerms;
  readonly scope: 'caller' | 'public';
  /** What its answers can be invalidated by; the method's own path is the first. */
  readonly tags: readonly string[];
}

/** The configuration's word on a method, or else its contract's; undefined for what is not cached. */
export function cacheRuleOf(method: Method, config: CacheConfig): CacheRule | undefined {
  const override = config.methods[method.path];
  if (!config.enabled || override === 'off') return undefined;
  // The contract must say that asking again changes nothing; no configuration can.
  if (method.kind !== 'unary' || method.idempotency !== 'noSideEffects') return undefined;
  if (override !== undefined) {
    return createRule(method, config, {
      ttlMs: override.ttl,
      staleWhileRevalidateMs: override.staleWhileRevalidate,
      staleWhileErrorMs: override.staleIfError,
      scope: override.scope,
      tags: override.tags,
    });
  }
  const { cache } = method.policy;
  return cache && createRule(method, config, cache);
}

function createRule(
  method: Method,
  config: CacheConfig,
  policy: NonNullable<Method['policy']['cache']>,
): CacheRule {
  return {
    terms: {
      ttlMs: policy.ttlMs,
      staleWhileRevalidateMs: policy.staleWhileRevalidateMs,
      staleIfErrorMs: policy.staleWhileErrorMs,
      negativeTtlMs: config.negativeTtl,
    },
    scope: policy.scope,
    tags: [method.path, ...policy.tags],
  };
}
