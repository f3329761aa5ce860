// Protobuf bytes to JSON text, by message and by who does it. Run with `node bench/micro/decode.ts`;
// on a busy machine add `--no-concurrent-recompilation`, or what is measured is who got optimised.
import { bench, boxplot, do_not_optimize, run, summary } from 'mitata';
import { MESSAGES } from './transcode-messages.ts';
import { subjectsOf } from './transcode-subjects.ts';

for (const message of MESSAGES) {
  const { bytes, decode } = subjectsOf(message);
  boxplot(() => {
    summary(() => {
      for (const [name, work] of Object.entries(decode)) {
        bench(`${message.title} (${bytes} bytes): ${name}`, () => do_not_optimize(work()));
      }
    });
  });
}

await run();
