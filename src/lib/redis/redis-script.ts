import { createHash } from 'node:crypto';
import type { RedisScript } from './redis.ts';

export function createScript(source: string): RedisScript {
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}
