import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BenchCall, grpcPath } from '../call.ts';
import { toFrame, toRequestBytes } from '../contract.ts';
import { BUILD } from '../places.ts';
import { runTool } from './run-tool.ts';

/** Calls the backend itself over gRPC, with h2load: its ceiling, or what one direct call takes. */
export async function callDirectly(
  backendPort: number,
  call: BenchCall,
  { connections, inFlight, seconds, core }: DirectLoad,
): Promise<{ callsPerSecond: number; p50Ms: number; p99Ms: number }> {
  const body = join(BUILD, 'direct.bin');
  const log = join(BUILD, 'direct.log');
  writeFileSync(body, toFrame(toRequestBytes(call)));
  rmSync(log, { force: true });
  await runTool(
    'h2load',
    [
      `--duration=${seconds}`,
      `--clients=${connections}`,
      `--max-concurrent-streams=${inFlight}`,
      '--threads=1',
      '--header=content-type: application/grpc',
      '--header=te: trailers',
      `--data=${body}`,
      `--log-file=${log}`,
      `http://127.0.0.1:${backendPort}${grpcPath(call)}`,
    ],
    core,
  );
  // A line per request: when it began in µs, its HTTP status, how long it took in µs.
  const requests = readFileSync(log, 'utf8')
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([, status]) => status === '200');
  const took = requests.map(([, , us]) => Number(us) / 1_000).sort((a, b) => a - b);
  const at = (share: number) => took[Math.floor(share * took.length)] ?? Number.NaN;
  return { callsPerSecond: took.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

export interface DirectLoad {
  readonly connections: number;
  /** Calls in flight on each connection. */
  readonly inFlight: number;
  readonly seconds: number;
  readonly core: number;
}
