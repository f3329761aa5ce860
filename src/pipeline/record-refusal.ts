import { type AuditLog, actorOf } from '../auth/audit-log.ts';
import { refusalReasonOf } from '../auth/refusal.ts';
import type { GatewayCounters } from '../telemetry/metrics/gateway-metrics.ts';
import type { OnRefused } from './authorise.ts';

/** Counts each refusal and writes each refused call and each stream that lost its permit into the audit stream. */
export function recordRefusal(
  audit: AuditLog,
  { refusal }: Pick<GatewayCounters, 'refusal'>,
): OnRefused {
  return (call, error, action) => {
    const reason = refusalReasonOf(error) ?? error.code;
    refusal(reason);
    audit.record({
      action,
      outcome: 'refused',
      requestId: call.id,
      actor: 'identity' in call ? actorOf(call.identity) : undefined,
      address: call.peer.address,
      target: call.method.path,
      reason,
    });
  };
}
