import type { FigureName } from './figures.ts';
import { OURS, type Ratios } from './ratios.ts';
import type { Run } from './run-scenario.ts';

interface Column {
  readonly title: string;
  readonly cell: (run: Run, ratios: Ratios) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'scenario', cell: ({ scenario }) => scenario },
  { title: 'subject', cell: ({ subject }) => subject },
  { title: 'requests/s', cell: median('requestsPerSecond', 0) },
  { title: 'calls/s', cell: median('callsPerSecond', 0) },
  { title: 'min–max', cell: range },
  { title: 'P50 ms', cell: median('p50Ms', 2) },
  { title: 'P99 ms', cell: median('p99Ms', 2) },
  { title: 'P99 ms at 70 %', cell: median('p99AtLoadMs', 2) },
  { title: 'added ms', cell: median('addedP50Ms', 3) },
  { title: 'CPU µs/call', cell: median('cpuUsPerCall', 1) },
  { title: 'RSS MB', cell: median('rssMb', 0) },
  { title: 'growth MB', cell: median('rssGrowthMb', 0) },
  { title: 'KB/idle socket', cell: median('rssKbPerIdleSocket', 1) },
  { title: 'KB/socket', cell: median('rssKbPerSocket', 1) },
  { title: 'silent', cell: median('silentStreams', 0) },
  { title: 'core 0', cell: share('subjectCore') },
  { title: 'core 1', cell: share('loadCore') },
  { title: 'waited', cell: share('waitedForCore') },
  { title: 'weir ÷', cell: ratio },
];

/** One row per scenario and subject as a Markdown table; columns that nothing fills are left out. */
export function toTable(runs: readonly Run[], ratios: Ratios): string {
  const columns = COLUMNS.map(({ title, cell }) => ({
    title,
    cells: runs.map((run) => cell(run, ratios)),
  })).filter(({ cells }) => cells.some((cell) => cell !== ''));
  const widths = columns.map(({ title, cells }) =>
    Math.max(...[title, ...cells].map((cell) => cell.length)),
  );
  const toRow = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, i) => (i < 2 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [
    toRow(columns.map(({ title }) => title)),
    toRow(rule),
    ...runs.map((_, row) => toRow(columns.map(({ cells }) => cells[row] ?? ''))),
  ].join('\n');
}

function median(name: FigureName, digits: number) {
  return ({ summary }: Run) => {
    const value = summary[name]?.median;
    return value === undefined ? '' : format(value, digits);
  };
}

function range({ summary: { callsPerSecond: calls } }: Run): string {
  return calls ? `${format(calls.min, 0)}–${format(calls.max, 0)}` : '';
}

function share(name: FigureName) {
  return ({ summary }: Run) => {
    const value = summary[name]?.median;
    return value === undefined ? '' : `${Math.round(value * 100)} %`;
  };
}

function ratio({ scenario, subject }: Run, ratios: Ratios): string {
  if (subject === OURS) return '1';
  const value = ratios[scenario]?.[subject];
  if (value === undefined) return '';
  const { median, min, max } = value;
  return min === max
    ? format(median, 2)
    : `${format(median, 2)} (${format(min, 2)}–${format(max, 2)})`;
}

const format = (value: number, digits: number) =>
  value.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits });
