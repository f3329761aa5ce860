import { spawn } from 'node:child_process';
import { LOAD_CORE } from '../cores.ts';

/** Runs a load generator on the load core and gives back what it printed. */
export async function runTool(
  program: string,
  args: readonly string[],
  core = LOAD_CORE,
): Promise<string> {
  const child = spawn('taskset', ['--cpu-list', String(core), program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const status = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${complaint}${printed}`);
  return printed;
}

/** The numbers of the last line of JSON that a tool printed. */
export function lastJson(printed: string): Record<string, number> {
  const line = printed.split('\n').findLast((each) => each.startsWith('{'));
  if (line === undefined)
    throw new Error(`No result in what the load generator printed: ${printed}`);
  const result: unknown = JSON.parse(line);
  if (typeof result !== 'object' || result === null) throw new Error(`Not a result: ${line}`);
  return Object.fromEntries(Object.entries(result).map(([name, value]) => [name, Number(value)]));
}
