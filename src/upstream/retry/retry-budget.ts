/**
 * Keeps retries from multiplying the load on a backend that already fails, as gRFC A6 throttles: a
 * failure takes one token, a success gives back `tokenRatio`, and below half of them nothing is retried.
 */
export interface RetryBudget {
  readonly exhausted: boolean;
  onSuccess(): void;
  onFailure(): void;
}

/**
 * At a ratio of 0.2 the sustained share of retries stays below a fifth of the successes, as Envoy's and
 * linkerd's budgets do: one endpoint of three that fails 30 % of its calls is made up for entirely. Half
 * of 100 tokens lets the calls that a killed endpoint had in its hands go again at once.
 */
export function createRetryBudget(maxTokens = 100, tokenRatio = 0.2): RetryBudget {
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
