import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { BENCH } from './places.ts';
import type { Timing } from './scenario.ts';

const BEGIN = '<!-- table -->';
const END = '<!-- /table -->';

/** Puts the table of a run, and what it ran on, in its place in `bench/README.md`. */
export function writeReadmeTable(table: string, { rounds, seconds }: Timing): void {
  const file = join(BENCH, 'README.md');
  const text = readFileSync(file, 'utf8');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`${file} has no place for the table.`);
  const [cpu] = cpus();
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${cpu?.model.trim()}, ${cpus().length} cores, Linux, Node ${process.version}`;
  const how = `${rounds} rounds, ${seconds} s a measurement`;
  const body = `${BEGIN}\n${date}; ${machine}; ${how}.\n\n${table}\n`;
  writeFileSync(file, text.slice(0, begin) + body + text.slice(end));
}
