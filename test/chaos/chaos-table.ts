import type { Fault } from './fault.ts';
import type { OutageReport } from './outage.ts';
import { type Outcome, quantileMs } from './outcome.ts';
import type { TrialReport } from './trial.ts';

export const TABLE_HEAD = [
  '| fault | reads that succeeded | orders that failed, of them "outcome unknown" | streams: interruptions, longest silence | P99 of reads before → after | taken out after | calls on the others |',
  '| --- | --- | --- | --- | --- | --- | --- |',
].join('\n');

/** @param where what differs from the first rows' cluster; empty for those */
export function tableRow(report: TrialReport, where: string): string {
  const { detectionsMs } = report;
  const cells = [
    where === '' ? nameOf(report) : `${where}: ${nameOf(report)}`,
    succeeded(report.reads),
    failed(report.orders),
    `${report.interruptions}, ${ms(report.longestSilenceMs)}`,
    `${ms(report.calmP99Ms)} → ${ms(report.settledP99Ms)}`,
    detectionsMs.map((each, at) => taken(each, report.faults[at])).join(', '),
    report.everywhere ? '–' : report.survivorLoad.toFixed(2),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** All pairs in one sentence: their sums and their worst. */
export function pairsLine(reports: readonly TrialReport[]): string {
  const worst = (of: (report: TrialReport) => number) => Math.max(...reports.map(of));
  return [
    `In ${reports.length} pairs, ${succeeded(reports.flatMap(({ reads }) => reads))} reads succeeded`,
    `orders that failed, of them "outcome unknown": ${failed(reports.flatMap(({ orders }) => orders))}`,
    `no stream was silent for longer than ${ms(worst((each) => each.longestSilenceMs))}`,
    `P99 of reads came down to ${ms(worst((each) => each.settledP99Ms))} or less`,
    `the others had at most ${worst((each) => each.survivorLoad).toFixed(2)} of the calls.`,
  ].join('; ');
}

/** One sentence for all endpoints down and up again. */
export function outageLine(
  name: string,
  { meanwhile, firstAnswerMs, after }: OutageReport,
): string {
  return [
    `All three, ${name}: ${count(meanwhile.length)} calls were refused, half of them within ${ms(quantileMs(meanwhile, 0.5))} and 99 % within ${ms(quantileMs(meanwhile, 0.99))}`,
    `the first answer came ${ms(firstAnswerMs)} after the backends were back`,
    `then ${succeeded(after)} reads succeeded.`,
  ].join('; ');
}

export function nameOf({ everywhere, faults }: Pick<TrialReport, 'everywhere' | 'faults'>): string {
  if (everywhere) return `${faults[0]?.name}, of all three`;
  return faults.map(({ name }) => name).join(' + ');
}

function succeeded(calls: readonly Outcome[]): string {
  return `${count(calls.filter(({ ending }) => ending === 'ok').length)} of ${count(calls.length)}`;
}

function failed(calls: readonly Outcome[]): string {
  const failures = calls.filter(({ ending }) => ending !== 'ok');
  const unknown = failures.filter(({ ending }) => ending === 'unknown');
  return `${count(failures.length)} of ${count(calls.length)}, ${count(unknown.length)}`;
}

function taken(detectionMs: number | undefined, fault: Fault | undefined): string {
  if (detectionMs === undefined) return 'stays';
  return fault?.leavesAside ? `${ms(detectionMs)}, left aside` : ms(detectionMs);
}

function ms(value: number): string {
  return value < 1_000 ? `${value.toFixed(0)} ms` : `${(value / 1_000).toFixed(1)} s`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}
