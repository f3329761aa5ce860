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
