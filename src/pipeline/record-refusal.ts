import { type AuditLog, actorOf } from '../auth/audit-log.ts';
import { refusalReasonOf } from '../auth/refusal.ts';
import type { OnRefused } from './authorise.ts';

/** Writes each refused call and each stream that lost its permit into the audit stream. */
export function recordRefusal(audit: AuditLog): OnRefused {
  return (call, error, action) =>
    audit.record({
      action,
      outcome: 'refused',
      requestId: call.id,
      actor: 'identity' in call ? actorOf(call.identity) : undefined,
      address: call.peer.address,
      target: call.method.path,
      reason: refusalReasonOf(error) ?? error.code,
    });
}
