import type { HedgingPolicy } from '../../contract/policy.ts';
import type { AttemptHandler } from '../attempt.ts';
import type { BackendCall } from '../backend-call.ts';
import type { UnaryReply } from '../transport/transport.ts';
import { HedgedCall, type HedgeOptions } from './hedged-call.ts';

/**
 * Hedging as gRFC A6 has it: while an attempt goes unanswered the next is sent elsewhere, the first good
 * answer wins, and the others are cancelled. Contracts allow it for methods without side effects only.
 */
export function createHedge(options: HedgeOptions) {
  return (attemptOnce: AttemptHandler) =>
    function callWithHedges(call: BackendCall, policy: HedgingPolicy): Promise<UnaryReply> {
      options.budget.deposit();
      return new HedgedCall(call, policy, attemptOnce, options).answer();
    };
}
