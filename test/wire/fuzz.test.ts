import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fuzzer } from './fuzz.ts';

/** Ten parts of this many inputs; `npm run fuzz` goes on from there for an hour. */
const INPUTS = 300;

let fuzzer: Fuzzer;
beforeAll(async () => {
  fuzzer = await Fuzzer.start();
});
afterAll(() => fuzzer.close());

test.each(Array.from({ length: 10 }, (_, part) => part * INPUTS))(
  'octets of the seeds from %i end every call and break nothing',
  async (first) => {
    const faults: string[] = [];
    for (let seed = first; seed < first + INPUTS; seed += 1) {
      const fault = await fuzzer.run(seed);
      if (fault !== undefined) faults.push(`seed ${seed}: ${fault}`);
    }
    expect(faults).toEqual([]);
  },
);
