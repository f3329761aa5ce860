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
  /** From here on what a network is refused is counted; `target` is the action. */
  | 'audit.thinned'
  /** How much was counted, as `counts`. */
  | 'audit.summary'
  | 'audit.lost';

/** One line of the audit stream. */
export interface AuditEvent {
  readonly action: AuditAction;
  /** `begun`: it is about to be done, and another line of the same request will say how it ended. */
  readonly outcome: 'begun' | 'success' | 'refused' | 'failed';
  readonly requestId: string | undefined;
  /** Who did it, as far as it is known: `issuer subject`, or the account name that was tried. */
  readonly actor: string | undefined;
  /** The caller's address. */
  readonly address: string | undefined;
  /** Whom or what it was done to, where that is not the actor: a procedure, a session, a user. */
  readonly target?: string | undefined;
  /** What exactly is done to it, in words of Weir's own. */
  readonly detail?: string | undefined;
  /** Lines that were not written, by reason. */
  readonly counts?: Readonly<Record<string, number>> | undefined;
  /** The reason of a refusal, as in `RefusalReason`. */
  readonly reason?: string | undefined;
}

/** Where audit lines go. Never throws; what could not be written is counted and said later. */
export interface AuditSink {
  write(line: string): void;
  /** When every line so far is written, or lost, or has waited for a disk that hangs for as long as it may. */
  flushed(): Promise<void>;
  /** The same, and nothing is written any more. */
  close(): Promise<void>;
}

export interface AuditLog {
  record(event: AuditEvent): void;
  /** As {@link AuditSink.flushed} of every sink. */
  flushed(): Promise<void>;
  close(): Promise<void>;
}

/** What strangers write of themselves, such as a path or an account name, takes no more than this. */
const MAX_TEXT = 256;

/** An append-only stream of JSON lines, each with the moment it was recorded (RFC 3339). */
export function createAuditLog(
  sinks: readonly AuditSink[],
  now: () => number = Date.now,
): AuditLog {
  return {
    record(event) {
      if (sinks.length === 0) return;
      const line = `${JSON.stringify({ time: new Date(now()).toISOString(), ...cut(event) })}\n`;
      for (const sink of sinks) sink.write(line);
    },
    async flushed() {
      await Promise.all(sinks.map((sink) => sink.flushed()));
    },
    async close() {
      await Promise.all(sinks.map((sink) => sink.close()));
    },
  };
}

function cut(event: AuditEvent): AuditEvent {
  const { actor, target, detail } = event;
  const longest = Math.max(actor?.length ?? 0, target?.length ?? 0, detail?.length ?? 0);
  if (longest <= MAX_TEXT) return event;
  return { ...event, actor: cutText(actor), target: cutText(target), detail: cutText(detail) };
}

/** With a mark, so that nobody takes the part for the whole. */
function cutText(text: string | undefined): string | undefined {
  if (text === undefined || text.length <= MAX_TEXT) return text;
  return `${text.slice(0, MAX_TEXT)}… (${text.length} characters)`;
}

/** How an identity is named in the audit stream; undefined for nobody. */
export function actorOf({ issuer, subject }: Identity): string | undefined {
  return subject === '' ? undefined : `${issuer} ${subject}`;
}
