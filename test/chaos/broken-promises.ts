import { KEEP_ALIVE_MS } from './cluster.ts';
import type { OutageReport } from './outage.ts';
import { quantileMs, successShare } from './outcome.ts';
import type { TrialReport } from './trial.ts';

/** What a machine that is busy with other things may add to a time; every bound here has more than that to spare. */
const NOISE_MS = 1_000;

/**
 * A read that meets a failing endpoint waits for the 500 ms of its attempt, all else takes a few
 * milliseconds: half of 500 is far from both. On a machine that is busy with other things all reads are slow
 * alike; those that a fault slows are retried too, so a P99 is the fault's only where one in a hundred was.
 */
const NORMAL_P99_MS = 250;
const NORMAL_RETRIES = 0.01;

const LEAST_READ_SUCCESS = 0.999;
const MOST_SURVIVOR_LOAD = 1.2;

/** What a trial broke of what `docs/chaos.md` promises, one sentence each; none if all held. */
export function brokenPromises(report: TrialReport): readonly string[] {
  const { faults, detectionsMs, settledP99Ms, settledRetries, survivorLoad } = report;
  const success = successShare(report.reads);
  const broken: string[] = [];
  const promise = (kept: boolean, otherwise: string) => {
    if (!kept) broken.push(otherwise);
  };
  for (const [index, { name, detectionMs = Number.POSITIVE_INFINITY }] of faults.entries()) {
    const tookMs = detectionsMs[index] ?? 0;
    promise(tookMs < detectionMs + NOISE_MS, `"${name}" was noticed only after ${tookMs} ms`);
  }
  // Two failures at once leave a single endpoint: what then fails is said above, in orders and streams.
  const mayFail = faults.filter(({ harmless }) => !harmless).length > 1;
  promise(mayFail || success >= LEAST_READ_SUCCESS, `only ${success} of reads succeeded`);
  promise(
    settledP99Ms < NORMAL_P99_MS || settledRetries < NORMAL_RETRIES,
    `P99 was still ${settledP99Ms} ms, and ${settledRetries} of reads were retried`,
  );
  promise(survivorLoad <= MOST_SURVIVOR_LOAD, `the survivors had ${survivorLoad} of the load`);
  const patienceMs = Math.max(KEEP_ALIVE_MS, ...faults.map(({ roundTripMs = 0 }) => roundTripMs));
  promise(
    report.longestSilenceMs < patienceMs + NOISE_MS,
    `a stream was silent for ${report.longestSilenceMs} ms`,
  );
  return broken;
}

/** While nobody is there to answer. The median: to the gateway all calls are alike then, so it moves with any wait. */
const MOST_REFUSAL_MS = 50;

/** The same for an outage. */
export function brokenByOutage({ meanwhile, after }: OutageReport): readonly string[] {
  const refusalMs = quantileMs(meanwhile, 0.5);
  const others = meanwhile.filter(({ ending }) => ending !== 'refused');
  const success = successShare(after);
  return [
    ...(refusalMs < MOST_REFUSAL_MS ? [] : [`calls were refused only after ${refusalMs} ms`]),
    ...others.map(({ kind, ending, error }) => `a ${kind} ended ${ending} in an outage: ${error}`),
    ...(success >= LEAST_READ_SUCCESS
      ? []
      : [`only ${success} of reads succeeded after an outage`]),
  ];
}
