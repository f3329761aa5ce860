import type { Session, SessionStore } from './session.ts';

interface Entry {
  session: Session;
  refreshDigest: string;
}

/** Sessions of one instance, gone when it stops. Ended ones are swept as new ones are made. */
export function createMemorySessions(): SessionStore {
  const entries = new Map<string, Entry>();
  let createdSinceSweep = 0;

  function sweep(nowMs: number): void {
    if (++createdSinceSweep * 4 < entries.size) return;
    createdSinceSweep = 0;
    for (const [id, { session }] of entries) if (session.expiresAtMs <= nowMs) entries.delete(id);
  }

  return {
    async create(session, refreshDigest) {
      sweep(session.createdAtMs);
      entries.set(session.id, { session, refreshDigest });
    },
    async rotate(id, presented, next, nowMs) {
      const entry = entries.get(id);
      if (entry === undefined || entry.session.expiresAtMs <= nowMs) return { outcome: 'unknown' };
      if (entry.refreshDigest !== presented) {
        entries.delete(id);
        return { outcome: 'reused', session: entry.session };
      }
      const session = { ...entry.session, usedAtMs: nowMs };
      entries.set(id, { session, refreshDigest: next });
      return { outcome: 'rotated', session };
    },
    async list(subject, nowMs) {
      return [...entries.values()]
        .map(({ session }) => session)
        .filter((session) => session.subject === subject && session.expiresAtMs > nowMs)
        .sort((a, b) => b.createdAtMs - a.createdAtMs);
    },
    async delete(subject, id) {
      return entries.get(id)?.session.subject === subject && entries.delete(id);
    },
  };
}
