/** What may be measured of one subject in one scenario. */
export const FIGURES = [
  'requestsPerSecond',
  /** Calls, or messages of a stream. */
  'callsPerSecond',
  'p50Ms',
  'p99Ms',
  /** At 70 % of the capacity that the same round measured, at a fixed rate. */
  'p99AtLoadMs',
  'cpuUsPerCall',
  'rssMb',
  /** Between the first hundred thousand calls of a million and the last. */
  'rssGrowthMb',
  /** P50 above that of a direct gRPC call. */
  'addedP50Ms',
  /** What memory grew by for each WebSocket that was opened and asked for nothing yet. */
  'rssKbPerIdleSocket',
  /** The same once it has a subscription and gets messages. */
  'rssKbPerSocket',
  /** Subscriptions that had no message at all while others had many. */
  'silentStreams',
  /** Share of its core that the subject used: far below 1 at saturation means that it was not the limit. */
  'subjectCore',
  /** The same of the load generator's and backend's core: near 1 means that they may have been the limit. */
  'loadCore',
  /** Share of the time that the subject was ready to run and others had its core. */
  'waitedForCore',
] as const;

export type FigureName = (typeof FIGURES)[number];

/** One measurement; what a scenario does not measure is missing. */
export type Figures = Partial<Record<FigureName, number>>;

/** A figure over all rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export type Summary = Partial<Record<FigureName, Spread>>;

export function summarise(rounds: readonly Figures[]): Summary {
  const summary: Summary = {};
  for (const name of FIGURES) {
    const values = rounds.map((round) => round[name]).filter((value) => value !== undefined);
    if (values.length > 0) summary[name] = spread(values);
  }
  return summary;
}

/** Of at least one value. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  const high = sorted[Math.ceil((sorted.length - 1) / 2)] ?? Number.NaN;
  return { median: (low + high) / 2, min: sorted[0] ?? low, max: sorted.at(-1) ?? high };
}
