import type { Config } from '../config/schema.ts';
import { UserError } from '../lib/user-error.ts';

/** @throws UserError when something is to be shared between gateways and there is nothing to share it through. */
export function requireRedis({ redis, rateLimits, cache, auth }: Config): void {
  if (redis !== undefined) return;
  const problems: string[] = [];
  if (rateLimits.store !== 'memory') problems.push(`rateLimits.store is "${rateLimits.store}"`);
  if (cache.enabled && cache.shared) problems.push('cache.shared is true');
  if (auth.builtIn?.store === 'redis') problems.push('auth.builtIn.store is "redis"');
  if (problems.length === 0) return;
  throw new UserError(
    'Redis is needed; add redis: {urls: ["redis://..."]} or {sentinels: ["redis://..."], master: name}, because',
    problems,
  );
}
