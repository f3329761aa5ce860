import { openSqlite } from './open-sqlite.ts';
import type { Session, SessionStore } from './session.ts';

/** Sessions in an SQLite file: they outlive a restart of the one instance that uses it. */
export function openSqliteSessions(path: string): SessionStore & { close(): void } {
  const database = openSqlite(
    path,
    `
    CREATE TABLE IF NOT EXISTS sessions (
      id TEXT PRIMARY KEY,
      subject TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      used_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      address TEXT NOT NULL,
      user_agent TEXT NOT NULL,
      csrf_digest TEXT,
      refresh_digest TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS sessions_by_subject ON sessions (subject);
  `,
  );
  const insert = database.prepare('INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const purge = database.prepare('DELETE FROM sessions WHERE expires_at <= ?');
  const replace = database.prepare(
    `UPDATE sessions SET refresh_digest = ?, used_at = ?
     WHERE id = ? AND refresh_digest = ? AND expires_at > ? RETURNING *`,
  );
  const end = database.prepare('DELETE FROM sessions WHERE id = ? AND expires_at > ? RETURNING *');
  const ofSubject = database.prepare(
    'SELECT * FROM sessions WHERE subject = ? AND expires_at > ? ORDER BY created_at DESC',
  );
  const remove = database.prepare('DELETE FROM sessions WHERE subject = ? AND id = ?');

  return {
    async create(session, refreshDigest) {
      purge.run(session.createdAtMs);
      insert.run(
        session.id,
        session.subject,
        session.createdAtMs,
        session.usedAtMs,
        session.expiresAtMs,
        session.address,
        session.userAgent,
        session.csrfDigest ?? null,
        refreshDigest,
      );
    },
    async rotate(id, presented, next, nowMs) {
      const rotated = replace.get(next, nowMs, id, presented, nowMs);
      if (rotated !== undefined) return { outcome: 'rotated', session: toSession(rotated) };
      const ended = end.get(id, nowMs);
      if (ended === undefined) return { outcome: 'unknown' };
      return { outcome: 'reused', session: toSession(ended) };
    },
    list: async (subject, nowMs) => ofSubject.all(subject, nowMs).map(toSession),
    delete: async (subject, id) => Number(remove.run(subject, id).changes) > 0,
    close: () => database.close(),
  };
}

function toSession(row: Record<string, unknown>): Session {
  return {
    id: String(row.id),
    subject: String(row.subject),
    createdAtMs: Number(row.created_at),
    usedAtMs: Number(row.used_at),
    expiresAtMs: Number(row.expires_at),
    address: String(row.address),
    userAgent: String(row.user_agent),
    csrfDigest: typeof row.csrf_digest === 'string' ? row.csrf_digest : undefined,
  };
}
