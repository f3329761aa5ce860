import type { HedgingPolicy } from '../../contract/policy.ts';
import type { AttemptHandler } from '../attempt.ts';
import type { BackendCall } from '../backend-call.ts';
import type { RetryBudget } from '../retry/retry-budget.ts';
import type { Surroundings } from '../surroundings.ts';
import type { UnaryReply } from '../transport/transport.ts';
import type { UpstreamEvents } from '../upstream-events.ts';
import { HedgedCall } from './hedged-call.ts';

export interface HedgeOptions extends Pick<Surroundings, 'clock' | 'sleep'> {
  /** The one that retries take from too: it bounds what is added to the load, whatever adds it. */
  readonly budget: RetryBudget;
  readonly events?: Pick<UpstreamEvents, 'hedged' | 'retryWithheld'> | undefined;
}

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
