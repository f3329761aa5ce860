// As `decode.ts` and `encode.ts`, for a busy machine: user CPU time, which other processes do not lengthen, and
// of many short windows by turns the least. Run with `node bench/micro/transcode-cpu.ts`.
import { MESSAGES } from './transcode-messages.ts';
import { subjectsOf } from './transcode-subjects.ts';

const WINDOWS = 16;
/** So that a window is some milliseconds long; the clock of CPU time is coarse. */
const BYTES_A_WINDOW = 1_500_000;

for (const message of MESSAGES) {
  const { bytes, decode, encode } = subjectsOf(message);
  for (const [direction, subjects] of Object.entries({ decode, encode })) {
    const runs = Math.max(3, Math.round(BYTES_A_WINDOW / bytes));
    const least = new Map<string, number>();
    for (let window = 0; window < WINDOWS; window++) {
      for (const [name, work] of Object.entries(subjects)) {
        const before = process.cpuUsage().user;
        for (let run = 0; run < runs; run++) work();
        const each = (process.cpuUsage().user - before) / runs;
        least.set(name, Math.min(each, least.get(name) ?? Number.POSITIVE_INFINITY));
      }
    }
    const ours = least.get('weir') ?? Number.NaN;
    for (const [name, each] of least) {
      console.log(
        `${message.title} (${bytes} bytes), ${direction}, ${name}: ${each.toFixed(2)} µs, ${(each / ours).toFixed(1)} times weir's`,
      );
    }
  }
}
