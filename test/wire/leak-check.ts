import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createMixedTransport, runMixedCalls, startMixedServer } from './mixed-calls.ts';

export interface LeakReport {
  readonly ended: number;
  /** Of the heap and of buffers outside it, from after the warm-up to the end. */
  readonly grownBytes: number;
  /** Sockets and timers that were not there before, once everything is closed. */
  readonly left: readonly string[];
}

/** Runs `count` calls of every kind and ending and looks at what stays behind. */
export async function checkForLeaks(count: number): Promise<LeakReport> {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const measure = async () => {
    // Buffers outside the heap are let go of by finalizers, which run after a collection.
    for (let rounds = 0; rounds < 3; rounds += 1) {
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = process.getActiveResourcesInfo();
  const server = await startMixedServer();
  const transport = createMixedTransport(server.port);
  let ended = await runMixedCalls(transport, Math.ceil(count / 4));
  const warm = await measure();
  ended += await runMixedCalls(transport, count - ended);
  const grownBytes = (await measure()) - warm;
  await transport.close(0);
  await server.close();
  // Closed handles are let go of in the next turn of the loop.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const left = process.getActiveResourcesInfo();
  for (const resource of before) {
    const at = left.indexOf(resource);
    if (at !== -1) left.splice(at, 1);
  }
  return { ended, grownBytes, left };
}
