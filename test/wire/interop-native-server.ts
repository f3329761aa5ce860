import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { InteropServer } from './interop-node-server.ts';

const program = join(import.meta.dirname, '..', '..', '.weir', 'interop-server', 'interop-server');

/** The interop service on grpc++, compiled by `scripts/build-interop-server.mjs`. */
export async function startNativeInteropServer(): Promise<InteropServer> {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const failed = once(child, 'error').then(([error]) => {
    throw new Error(
      `${program} does not start; \`node scripts/build-interop-server.mjs\` builds it.`,
      { cause: error },
    );
  });
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), failed]);
  return {
    port: Number(line),
    close: async () => {
      const exited = once(child, 'exit');
      // It ends when its input does, so it cannot outlive the tests either.
      child.stdin.end();
      await exited;
    },
  };
}
