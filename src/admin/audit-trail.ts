import { type AuditEvent, type AuditLog, actorOf } from '../auth/audit-log.ts';
import { ANONYMOUS, type Identity } from '../auth/identity.ts';
import { refusalReasonOf } from '../auth/refusal.ts';
import type { WeirError } from '../errors.ts';

/** What one request of an operator leaves in the audit stream. */
export interface AuditTrail {
  /** It is known who asks; until then it is nobody. */
  identified(identity: Identity): void;
  /** Who asks may; from here on what goes wrong is a failure and no refusal. */
  admitted(): void;
  /**
   * Says what is about to be done, before it is, and resolves when that is written: what is done may end the
   * gateway.
   */
  intend(detail: string): Promise<void>;
  /** @param error undefined where all went well and the answer is sent. */
  ended(error: WeirError | undefined): void;
}

export function createAuditTrail(
  audit: AuditLog,
  request: Pick<AuditEvent, 'requestId' | 'address' | 'target'>,
): AuditTrail {
  let identity = ANONYMOUS;
  let admitted = false;
  let detail: string | undefined;

  function record(outcome: AuditEvent['outcome'], reason: string | undefined): void {
    audit.record({
      action: 'admin',
      outcome,
      requestId: request.requestId,
      actor: actorOf(identity),
      address: request.address,
      target: request.target,
      detail,
      reason,
    });
  }

  return {
    identified(known) {
      identity = known;
    },
    admitted() {
      admitted = true;
    },
    async intend(given) {
      detail = given;
      record('begun', undefined);
      await audit.flushed();
    },
    ended(error) {
      if (error === undefined) record('success', undefined);
      else record(admitted ? 'failed' : 'refused', refusalReasonOf(error) ?? error.code);
    },
  };
}
