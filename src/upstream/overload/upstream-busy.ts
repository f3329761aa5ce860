import { WeirError } from '../../errors.ts';

/** Said by Weir without asking the network, so it counts against no backend. */
export function upstreamBusy(upstream: string): WeirError {
  return new WeirError(
    'RESOURCE_EXHAUSTED',
    `The backend "${upstream}" is busy with as many calls as it answers in good time. The call was not sent.`,
    { neverSent: true, retryAfterMs: 1_000 },
  );
}
