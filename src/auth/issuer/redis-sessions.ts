import type { Redis } from '../../lib/redis/redis.ts';
import { createScript } from '../../lib/redis/redis-script.ts';
import type { Session, SessionStore } from './session.ts';

/** KEYS: session. ARGV: session, refresh digest, used at, end. */
const CREATE = createScript(`
redis.call('HSET', KEYS[1], 'session', ARGV[1], 'refresh', ARGV[2], 'used', ARGV[3])
redis.call('PEXPIREAT', KEYS[1], ARGV[4])
return redis.status_reply('OK')
`);

/** KEYS: the subject's sessions. ARGV: id, end, now. */
const ENLIST = createScript(`
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('PEXPIREAT', KEYS[1], last[2])
return redis.status_reply('OK')
`);

/**
 * Replaces the refresh token, or ends the session where the presented one is not the last.
 * KEYS: session. ARGV: presented digest, next digest, now.
 */
const ROTATE = createScript(`
local session = redis.call('HGET', KEYS[1], 'session')
if not session then return {'unknown', ''} end
if redis.call('HGET', KEYS[1], 'refresh') == ARGV[1] then
  redis.call('HSET', KEYS[1], 'refresh', ARGV[2], 'used', ARGV[3])
  return {'rotated', session}
end
redis.call('DEL', KEYS[1])
return {'reused', session}
`);

/** KEYS: the subject's sessions. ARGV: now. */
const IDS = createScript(`return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf')`);
/** KEYS: session. */
const READ = createScript(`return redis.call('HMGET', KEYS[1], 'session', 'used')`);
/** KEYS: the subject's sessions. ARGV: id. */
const DELIST = createScript(`return redis.call('ZREM', KEYS[1], ARGV[1])`);

/**
 * Sessions that several instances share. A session is a hash that Redis itself expires; those of one
 * subject are in a sorted set by the moment they end, which may name one that has ended before.
 * Every script has one key, so that a cluster can run it.
 */
export function createRedisSessions(redis: Redis, keyPrefix = 'weir:'): SessionStore {
  const sessionKey = (id: string) => `${keyPrefix}session:${id}`;
  const subjectKey = (subject: string) => `${keyPrefix}sessions:${subject}`;

  return {
    async create(session, refreshDigest) {
      const { id, subject, createdAtMs, usedAtMs, expiresAtMs } = session;
      const text = JSON.stringify(session);
      await redis.run(
        CREATE,
        [sessionKey(id)],
        [text, refreshDigest, usedAtMs, Math.ceil(expiresAtMs)],
      );
      await redis.run(
        ENLIST,
        [subjectKey(subject)],
        [id, Math.ceil(expiresAtMs), Math.floor(createdAtMs)],
      );
    },
    async rotate(id, presented, next, nowMs) {
      const answer = await redis.run(ROTATE, [sessionKey(id)], [presented, next, nowMs]);
      const [outcome, text] = Array.isArray(answer) ? answer : [];
      const session = parseSession(text);
      if (session === undefined || session.expiresAtMs <= nowMs) return { outcome: 'unknown' };
      if (outcome === 'rotated') return { outcome, session: { ...session, usedAtMs: nowMs } };
      return { outcome: 'reused', session };
    },
    async list(subject, nowMs) {
      const ids = await redis.run(IDS, [subjectKey(subject)], [nowMs]);
      const found = await Promise.all(
        (Array.isArray(ids) ? ids : []).map((id) => redis.run(READ, [sessionKey(String(id))], [])),
      );
      return found
        .flatMap((fields) => {
          const [text, used] = Array.isArray(fields) ? fields : [];
          const session = parseSession(text);
          return session === undefined ? [] : [{ ...session, usedAtMs: Number(used) }];
        })
        .sort((a, b) => b.createdAtMs - a.createdAtMs);
    },
    async delete(subject, id) {
      const removed = await redis.run(DELIST, [subjectKey(subject)], [id]);
      if (Number(removed) === 0) return false;
      await redis.delete(sessionKey(id));
      return true;
    },
  };
}

/** Only {@link createRedisSessions} writes under these keys, so the shape is its own. */
function parseSession(text: unknown): Session | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  const session: Session = JSON.parse(text);
  return { ...session, csrfDigest: session.csrfDigest };
}
