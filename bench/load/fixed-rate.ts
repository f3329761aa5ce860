import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HttpRequest, toBytes } from '../http-request.ts';
import { BUILD } from '../places.ts';
import { lastJson, runTool } from './run-tool.ts';

export interface FixedRate {
  readonly answered: number;
  /** Counted from the moment each request was due; infinite when requests were not answered in time. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Sends so many requests a second, whether or not earlier ones were answered. */
export async function loadAtRate(
  port: number,
  request: HttpRequest,
  connections: number,
  requestsPerSecond: number,
  seconds: number,
): Promise<FixedRate> {
  const file = join(BUILD, 'request.bin');
  writeFileSync(file, toBytes(request));
  const args = [port, file, connections, requestsPerSecond, seconds].map(String);
  const printed = await runTool(join(BUILD, 'open-loop'), args);
  const { answered = 0, failures = 0, unanswered = 0, ...latencies } = lastJson(printed);
  if (failures > 0) throw new Error(`${failures} requests failed at a fixed rate:\n${printed}`);
  // Requests that were never answered in time would all lie beyond the 99th percentile.
  const never = Number.POSITIVE_INFINITY;
  const { p50Ms = never, p99Ms = never } = unanswered > 0 ? {} : latencies;
  return { answered, p50Ms, p99Ms };
}
