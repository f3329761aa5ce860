import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HttpRequest, toBytes } from '../http-request.ts';
import { BUILD } from '../places.ts';
import { lastJson, runTool } from './run-tool.ts';

/** P99 in milliseconds at a fixed rate, counted from the moment each request was due. */
export async function p99AtRate(
  port: number,
  request: HttpRequest,
  connections: number,
  requestsPerSecond: number,
  seconds: number,
): Promise<number> {
  const file = join(BUILD, 'request.bin');
  writeFileSync(file, toBytes(request));
  const args = [port, file, connections, requestsPerSecond, seconds].map(String);
  const printed = await runTool(join(BUILD, 'open-loop'), args);
  const { failures = 0, unanswered = 0, p99Ms = Number.NaN } = lastJson(printed);
  if (failures > 0) throw new Error(`${failures} requests failed at a fixed rate:\n${printed}`);
  // Requests that were never answered in time would all lie beyond the 99th percentile.
  return unanswered > 0 ? Number.POSITIVE_INFINITY : p99Ms;
}
