// A million calls of every kind and ending through the HTTP/2 client; what stays behind is a leak.
import { parseArgs } from 'node:util';
import { checkForLeaks } from '../test/wire/leak-check.ts';

const { values } = parseArgs({ options: { calls: { type: 'string', default: '1000000' } } });
const calls = Number(values.calls);
const { ended, grownBytes, left } = await checkForLeaks(calls);
const isClean = ended === calls && left.length === 0 && grownBytes < 4 * 1024 * 1024;

console.log(
  `${ended} calls ended, ${(grownBytes / 1024).toFixed(0)} KiB grown, left: ${left.join(', ') || 'nothing'}`,
);
process.exitCode = isClean ? 0 : 1;
