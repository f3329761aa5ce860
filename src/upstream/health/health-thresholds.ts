import type { CheckedHealth } from '../endpoint.ts';

export interface HealthThresholds {
  /** Answers in a row that make an endpoint unhealthy, or healthy again. */
  readonly unhealthyThreshold: number;
  readonly healthyThreshold: number;
}

export type Verdict = Exclude<CheckedHealth, 'unknown'>;

/** What to think of an endpoint after one more answer. */
export interface HealthJudge {
  /** @param announced by the backend itself, which is no fluke and counts at once */
  take(current: CheckedHealth, verdict: Verdict, announced: boolean): CheckedHealth;
}

export function createHealthJudge(thresholds: HealthThresholds): HealthJudge {
  let inRow = 0;
  return {
    take(current, verdict, announced) {
      inRow = verdict === current ? 0 : inRow + 1;
      const enough =
        verdict === 'healthy' ? thresholds.healthyThreshold : thresholds.unhealthyThreshold;
      // Nothing is known yet that the first answer could contradict.
      if (current !== 'unknown' && !announced && inRow < enough) return current;
      inRow = 0;
      return verdict;
    },
  };
}
