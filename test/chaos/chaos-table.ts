import { quantileMs, successShare } from './outcome.ts';
import type { TrialReport } from './trial.ts';

export const TABLE_HEAD = [
  '| fault | reads that succeed | orders that fail, of them "outcome unknown" | streams interrupted, longest silence | P99 before → settled | taken out after | load on the others |',
  '| --- | --- | --- | --- | --- | --- | --- |',
].join('\n');

/** One line of the README's table. */
export function tableRow(report: TrialReport): string {
  const { reads, orders, detectionsMs } = report;
  const failed = orders.filter(({ ending }) => ending !== 'ok');
  const unknown = failed.filter(({ ending }) => ending === 'unknown');
  const cells = [
    report.faults.map(({ name }) => name).join(' + '),
    `${(successShare(reads) * 100).toFixed(2)} % of ${reads.length}, slowest ${ms(quantileMs(reads, 1))}`,
    `${failed.length} of ${orders.length}, ${unknown.length}`,
    `${report.interruptions}, ${ms(report.longestSilenceMs)}`,
    `${ms(report.calmP99Ms)} → ${ms(report.settledP99Ms)}`,
    detectionsMs.map((each) => (each === undefined ? 'stays' : ms(each))).join(', '),
    report.survivorLoad.toFixed(2),
  ];
  return `| ${cells.join(' | ')} |`;
}

function ms(value: number): string {
  return value < 1_000 ? `${value.toFixed(0)} ms` : `${(value / 1_000).toFixed(1)} s`;
}
