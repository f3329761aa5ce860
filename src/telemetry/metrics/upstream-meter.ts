/** What is counted for an upstream as a whole. */
export class UpstreamMeter {
  /** Attempts after a failed one. */
  retries = 0;
  /** Calls refused because the upstream had as many as it may. */
  shed = 0;
  /** Attempts beside an unanswered one. */
  hedges = 0;
  /** Retries and hedges that the budget did not allow. */
  retriesWithheld = 0;
  ejections = 0;
  breakerOpenings = 0;
  discoveryFailures = 0;
}
