import { cpus } from 'node:os';
import { FIGURES, type FigureName, type Spread } from './figures.ts';
import type { Ratios } from './ratios.ts';
import type { Failure, Run } from './run-scenario.ts';
import type { Timing } from './scenario.ts';

/** Always there, `null` where a scenario does not measure it; the other figures only where measured. */
const ALWAYS: readonly FigureName[] = [
  'requestsPerSecond',
  'callsPerSecond',
  'p50Ms',
  'p99Ms',
  'p99AtLoadMs',
  'cpuUsPerCall',
  'rssMb',
];

/** The report of a whole run: medians over the rounds, with their `min` and `max` beside them. */
export function toJsonReport(
  timing: Timing,
  runs: readonly Run[],
  ratios: Ratios,
  failures: readonly Failure[],
): string {
  const report = {
    node: process.version,
    cores: cpus().length,
    rounds: timing.rounds,
    runs: runs.map(toEntry),
    ratios: mapRatios(ratios, ({ median }) => median),
    ratioRanges: mapRatios(ratios, ({ min, max }) => [min, max]),
    failures,
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function mapRatios<T>(ratios: Ratios, show: (ratio: Spread) => T) {
  const entries = Object.entries(ratios).map(([scenario, ofSubjects]) => {
    const shown = Object.entries(ofSubjects).map(([name, ratio]) => [name, show(ratio)]);
    return [scenario, Object.fromEntries(shown)];
  });
  return Object.fromEntries(entries);
}

function toEntry({ scenario, subject, summary }: Run) {
  const shown = FIGURES.filter((name) => ALWAYS.includes(name) || summary[name]);
  const pick = (part: 'median' | 'min' | 'max') =>
    Object.fromEntries(shown.map((name) => [name, summary[name]?.[part] ?? null]));
  return { scenario, subject, ...pick('median'), min: pick('min'), max: pick('max') };
}
