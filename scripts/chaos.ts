// Every fault on its own and in pairs, under load; ends with the part of docs/chaos.md that shows it.
import { parseArgs } from 'node:util';
import { runChaos } from '../test/chaos/run-chaos.ts';

const { values } = parseArgs({
  options: {
    /** Only faults whose name begins so; may be said more than once. */
    only: { type: 'string', multiple: true, default: [] },
    /** Each fault with the next of the list. */
    pairs: { type: 'boolean', default: true },
    /** Each with each, which takes half an hour. */
    'all-pairs': { type: 'boolean', default: false },
  },
  allowNegative: true,
});
const { only, pairs, 'all-pairs': all } = values;
const held = await runChaos({ only, pairs: all ? 'all' : pairs ? 'neighbours' : 'none' });
process.exitCode = held ? 0 : 1;
