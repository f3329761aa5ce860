import { WeirError } from '../errors.ts';
import { RedisUnavailable } from '../lib/redis/redis.ts';

/** What a store that cannot be reached means to a caller: UNAVAILABLE. Other errors stay what they are. */
export function toStoreError(thrown: unknown): unknown {
  if (!(thrown instanceof RedisUnavailable)) return thrown;
  return new WeirError('UNAVAILABLE', 'Signing in is not possible at the moment. Try again.', {
    retryAfterMs: 1_000,
    cause: thrown,
  });
}
