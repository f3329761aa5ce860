import type { WeirError } from '../errors.ts';
import type { CallNotes } from '../telemetry/call-notes.ts';
import type { Reply } from './reply.ts';

/** Tells the caller of an answer that took several attempts how many there were; without it there was one at most. */
export function withAttempts(reply: Reply, { attempts }: CallNotes): Reply {
  if (attempts === undefined || attempts.length < 2) return reply;
  return {
    ...reply,
    headers: [...reply.headers, ['weir-attempts', String(attempts.length)]],
  };
}

/** The same for a call that failed. Another error, because callers who shared one call share what it threw. */
export function withFailedAttempts(error: WeirError, { attempts }: CallNotes): WeirError {
  return attempts === undefined || attempts.length < 2
    ? error
    : error.withAttempts(attempts.length);
}
