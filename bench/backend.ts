import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BenchCall, grpcPath } from './call.ts';
import { toAnswerBytes } from './contract.ts';
import { LOAD_CORE } from './cores.ts';
import { PinnedProcess } from './pinned-process.ts';
import { BUILD } from './places.ts';
import { accepts, freePort } from './ports.ts';

export interface Backend {
  readonly port: number;
  readonly process: PinnedProcess;
}

/** Starts the native backend with the answers of these calls. */
export async function startBackend(calls: Iterable<BenchCall>): Promise<Backend> {
  const port = await freePort();
  const lines = Array.from(calls, (call) => {
    const file = join(BUILD, `${call.method}.bin`);
    writeFileSync(file, toAnswerBytes(call));
    return `${grpcPath(call)} ${call.kind === 'subscription' ? 'stream' : 'unary'} ${file}\n`;
  });
  const manifest = join(BUILD, 'answers.txt');
  writeFileSync(manifest, lines.join(''));
  const program = join(BUILD, 'grpc-backend');
  const process = new PinnedProcess({ program, args: [String(port), manifest] }, LOAD_CORE);
  while (!(await accepts(port))) {
    if (process.gone) throw new Error(`The backend did not start: ${process.log}`);
    await sleep(20);
  }
  return { port, process };
}
