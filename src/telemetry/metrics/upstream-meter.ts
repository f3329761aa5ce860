/** What is counted for an upstream as a whole. */
export class UpstreamMeter {
  /** Attempts after the first. */
  retries = 0;
  /** Retries that the budget did not allow. */
  retriesWithheld = 0;
  ejections = 0;
  breakerOpenings = 0;
  discoveryFailures = 0;
}
