import type { LatencyHistogram } from './latency-histogram.ts';
import type { Sample } from './sample.ts';

/** A whole histogram of latencies, which the page writes as the samples of its buckets. */
export interface LatencySample {
  readonly labels: string;
  readonly histogram: LatencyHistogram;
}

/**
 * How the readings of several workers become one: added up; the least or the most of them, for states of
 * which one worker's is everybody's trouble; or each for itself, under the label `worker`.
 */
export type Join = 'sum' | 'min' | 'max' | 'each';

/** Samples of one name. */
export interface Family {
  /** Without `_total`. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** The last part of the name, where it is measured in something. */
  readonly unit?: 'seconds' | 'bytes' | undefined;
  /** Default `sum`. */
  readonly join?: Join | undefined;
  samples(): Iterable<Sample | LatencySample>;
}

export function toLabels(labels: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(String(value ?? ''))}"`)
    .join(',');
}

/** The text format and OpenMetrics agree on these three. */
function escapeLabel(value: string): string {
  return value.replace(/[\\"\n]/g, (each) => (each === '\n' ? '\\n' : `\\${each}`));
}
