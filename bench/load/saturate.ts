import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HttpRequest, toWrkScript } from '../http-request.ts';
import { BUILD } from '../places.ts';
import { lastJson, runTool } from './run-tool.ts';

export interface Saturation {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * Repeats the request on so many connections as fast as answers come, with wrk. Each connection waits for
 * its answer, so the latencies are those of a queue of that length, not those of independent callers.
 */
export async function saturate(
  port: number,
  request: HttpRequest,
  connections: number,
  seconds: number,
): Promise<Saturation> {
  const script = join(BUILD, 'wrk.lua');
  writeFileSync(script, toWrkScript(request));
  const printed = await runTool('wrk', [
    '--threads=1',
    `--connections=${connections}`,
    `--duration=${seconds}s`,
    '--timeout=10s',
    `--script=${script}`,
    `http://127.0.0.1:${port}`,
  ]);
  const { requests = 0, seconds: took = 0, failures = 0, p50Ms = 0, p99Ms = 0 } = lastJson(printed);
  if (failures > 0) throw new Error(`${failures} of ${requests} requests failed:\n${printed}`);
  return { requests, seconds: took, p50Ms, p99Ms };
}
