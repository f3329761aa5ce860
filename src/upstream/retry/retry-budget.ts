/**
 * Keeps retries from multiplying the load on a backend that already fails, as gRFC A6 throttles: a
 * failure takes one token, a success gives back `tokenRatio`, and below half of them nothing is retried.
 */
export interface RetryBudget {
  readonly exhausted: boolean;
  onSuccess(): void;
  onFailure(): void;
}

/** At a ratio of 0.1 the sustained share of retries stays below a tenth of the successes. */
export function createRetryBudget(maxTokens = 10, tokenRatio = 0.1): RetryBudget {
  let tokens = maxTokens;
  return {
    get exhausted() {
      return tokens <= maxTokens / 2;
    },
    onSuccess() {
      tokens = Math.min(maxTokens, tokens + tokenRatio);
    },
    onFailure() {
      tokens = Math.max(0, tokens - 1);
    },
  };
}
