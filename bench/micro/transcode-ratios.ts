// How many times as long as Weir do others take for the same messages? mitata's medians: of several rounds by turns, the
// quietest of each subject, so that a busy moment of the machine is not one subject's alone.
import { do_not_optimize, measure } from 'mitata';
import { MESSAGES } from './transcode-messages.ts';
import { type Subjects, subjectsOf } from './transcode-subjects.ts';

const ROUNDS = 5;
/** Nanoseconds that a subject gets in a round, at the least. */
const ROUND_NS = 100e6;
/** Calls of a small message in one sample, so that the collector's work is part of each. */
const CALLS = 1024;

/** Prints a line for each message and subject; `asked` has the ratio that is asked of Weir, by subject. */
export async function printRatios(
  direction: 'decode' | 'encode',
  asked: Readonly<Record<string, number>>,
): Promise<void> {
  for (const message of MESSAGES) {
    const { bytes, ...directions } = subjectsOf(message);
    const medians = await mediansOf(directions[direction]);
    const ours = medians.get('weir') ?? Number.NaN;
    console.log(`${direction}, ${message.title} (${bytes} bytes)`);
    for (const [name, each] of medians) {
      const least = asked[name];
      const wanted = least === undefined ? '' : `, asked ${least.toFixed(1)}`;
      const ratio = name === 'weir' ? '' : `  ${(each / ours).toFixed(2)} times weir's${wanted}`;
      console.log(`  ${name.padEnd(28)}${(each / 1000).toFixed(2).padStart(9)} µs${ratio}`);
    }
  }
}

/** Nanoseconds by subject. */
async function mediansOf(subjects: Subjects['decode']): Promise<ReadonlyMap<string, number>> {
  const rounds = new Map(Object.keys(subjects).map((name): [string, number[]] => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, work] of Object.entries(subjects)) {
      const options = { min_cpu_time: ROUND_NS, batch_samples: CALLS, gc: false };
      const { p50 } = await measure(() => do_not_optimize(work()), options);
      rounds.get(name)?.push(p50);
    }
  }
  return new Map([...rounds].map(([name, each]) => [name, Math.min(...each)]));
}
