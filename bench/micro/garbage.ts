// How many bytes does the heap grow by for each message, by who translates it? The output is among them.
// Run with `node --expose-gc --min-semi-space-size=512 --max-semi-space-size=512 bench/micro/garbage.ts`, so
// that hardly anything is collected within a measurement.
import { MESSAGES } from './transcode-messages.ts';
import { subjectsOf } from './transcode-subjects.ts';

/** Enough for V8 to optimise, in milliseconds. */
const WARM_UP_MS = 1000;
const BATCHES = 9;

const { gc } = globalThis;
if (gc === undefined) throw new Error('Run with --expose-gc and a large semi-space; see above.');

for (const message of MESSAGES) {
  const { bytes, decode, encode } = subjectsOf(message);
  for (const [direction, subjects] of Object.entries({ decode, encode })) {
    for (const [name, work] of Object.entries(subjects)) {
      console.log(
        `${message.title} (${bytes} bytes), ${direction}, ${name}: ${grown(work, bytes)}`,
      );
    }
  }
}

/** Bytes for each run, once the code is optimised: the median of some batches, since one may have a collection in it. */
function grown(work: () => number, bytes: number): string {
  const runs = Math.max(20, Math.min(2000, Math.round(1_000_000 / bytes)));
  gc?.();
  const start = performance.now();
  while (performance.now() - start < WARM_UP_MS) work();
  const batches = Array.from({ length: BATCHES }, () => {
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < runs; i++) work();
    return (process.memoryUsage().heapUsed - before) / runs;
  });
  const median = batches.toSorted((a, b) => a - b)[(BATCHES - 1) / 2] ?? 0;
  return `${Math.round(median)} bytes`;
}
