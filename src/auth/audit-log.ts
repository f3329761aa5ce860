import type { Identity } from './identity.ts';

/** What happened, in words that stay the same for ever: people write alarms on them. */
export type AuditAction =
  | 'login'
  | 'refresh'
  | 'logout'
  | 'session.revoke'
  | 'ticket.issue'
  | 'call.refused'
  | 'stream.ended'
  | 'user.signedOut'
  | 'user.rolesChanged'
  | 'admin'
  | 'audit.lost';

/** One line of the audit stream. */
export interface AuditEvent {
  readonly action: AuditAction;
  readonly outcome: 'success' | 'refused' | 'failed';
  readonly requestId: string | undefined;
  /** Who did it, as far as it is known: `issuer subject`, or the account name that was tried. */
  readonly actor: string | undefined;
  /** The caller's address. */
  readonly address: string | undefined;
  /** Whom or what it was done to, where that is not the actor: a procedure, a session, a user. */
  readonly target?: string | undefined;
  /** The reason of a refusal, as in `RefusalReason`. */
  readonly reason?: string | undefined;
}

/** Where audit lines go. Never throws; what could not be written is counted and said later. */
export interface AuditSink {
  write(line: string): void;
  close(): Promise<void>;
}

export interface AuditLog {
  record(event: AuditEvent): void;
  close(): Promise<void>;
}

/** An append-only stream of JSON lines, each with the moment it was recorded (RFC 3339). */
export function createAuditLog(
  sinks: readonly AuditSink[],
  now: () => number = Date.now,
): AuditLog {
  return {
    record(event) {
      if (sinks.length === 0) return;
      const line = `${JSON.stringify({ time: new Date(now()).toISOString(), ...event })}\n`;
      for (const sink of sinks) sink.write(line);
    },
    async close() {
      await Promise.all(sinks.map((sink) => sink.close()));
    },
  };
}

/** How an identity is named in the audit stream; undefined for nobody. */
export function actorOf({ issuer, subject }: Identity): string | undefined {
  return subject === '' ? undefined : `${issuer} ${subject}`;
}
