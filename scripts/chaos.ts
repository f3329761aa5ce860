// Every fault on its own and in pairs, under load; ends with the table that README shows.
import { parseArgs } from 'node:util';
import { runChaos } from '../test/chaos/run-chaos.ts';

const { values } = parseArgs({
  options: {
    /** Only faults whose name begins so. */
    only: { type: 'string', default: '' },
    pairs: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
process.exitCode = (await runChaos(values)) ? 0 : 1;
