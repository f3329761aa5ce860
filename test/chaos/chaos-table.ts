import type { Fault } from './fault.ts';
import type { OutageReport } from './outage.ts';
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
    report.everywhere
      ? `${report.faults[0]?.name}, of all three`
      : report.faults.map(({ name }) => name).join(' + '),
    `${(successShare(reads) * 100).toFixed(2)} % of ${reads.length}, slowest ${ms(quantileMs(reads, 1))}`,
    `${failed.length} of ${orders.length}, ${unknown.length}`,
    `${report.interruptions}, ${ms(report.longestSilenceMs)}`,
    `${ms(report.calmP99Ms)} → ${ms(report.settledP99Ms)}`,
    detectionsMs.map((each, at) => taken(each, report.faults[at])).join(', '),
    report.survivorLoad.toFixed(2),
  ];
  return `| ${cells.join(' | ')} |`;
}

function taken(detectionMs: number | undefined, fault: Fault | undefined): string {
  if (detectionMs === undefined) return 'stays';
  return fault?.leavesAside ? `${ms(detectionMs)}, left aside` : ms(detectionMs);
}

/** One line for all endpoints down and up again. */
export function outageLine(
  name: string,
  { meanwhile, firstAnswerMs, after }: OutageReport,
): string {
  return [
    `all three: ${name}`,
    `${meanwhile.length} calls refused, half of them within ${ms(quantileMs(meanwhile, 0.5))}, 99 % within ${ms(quantileMs(meanwhile, 0.99))}`,
    `first answer ${ms(firstAnswerMs)} after the backends were back`,
    `then ${(successShare(after) * 100).toFixed(2)} % of ${after.length} reads`,
  ].join('; ');
}

function ms(value: number): string {
  return value < 1_000 ? `${value.toFixed(0)} ms` : `${(value / 1_000).toFixed(1)} s`;
}
