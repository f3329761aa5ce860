// Prints what the transcoder makes of one message, for a process that may not turn text into code.
import { createTranscoder } from '../../src/transcode/transcoder.ts';
import { loadSampleContracts, messageOf } from './sample-contracts.ts';

const registry = loadSampleContracts();
const { encode, decode } = createTranscoder(registry).codec(messageOf(registry, 'orders.v1.Order'));
console.log(decode(encode(JSON.parse(process.argv[2] ?? '{}'))));
