// Feeds random octets to the HTTP/2 client for an hour, or for the minutes given.
// A fault is printed with its seed, which repeats it: `npm run fuzz -- --seed 123`.
import { parseArgs } from 'node:util';
import { Fuzzer } from '../test/wire/fuzz.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, seed: { type: 'string' } },
});
const until = performance.now() + Number(values.minutes) * 60_000;
let seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
const first = seed;
let faults = 0;

const fuzzer = await Fuzzer.start();
do {
  const fault = await fuzzer.run(seed);
  if (fault !== undefined) {
    faults += 1;
    console.error(`seed ${seed}: ${fault}`);
  }
  seed += 1;
} while (values.seed === undefined && performance.now() < until);
await fuzzer.close();

console.log(`${seed - first} inputs from seed ${first}, ${faults} faults`);
process.exitCode = faults === 0 ? 0 : 1;
