// An Any within an Any passed the bound on nesting, down to the end of the stack.
import { expect, test } from 'vitest';
import { createTranscoder } from '../../src/transcode/transcoder.ts';
import { WELL_KNOWN_TYPES } from '../transcode/build-contract.ts';

const any = WELL_KNOWN_TYPES.getMessage('google.protobuf.Any');
if (any === undefined) throw new Error('There is no google.protobuf.Any.');
const codecs = [true, false].map((compiles) =>
  createTranscoder(WELL_KNOWN_TYPES, { compiles, maxInputDepth: 10 }).codec(any),
);

function nest(levels: number): unknown {
  const open = '{"@type":"type.googleapis.com/google.protobuf.Any","value":';
  return JSON.parse(`${open.repeat(levels)}{}${'}'.repeat(levels)}`);
}

test('as deep as messages may nest', () => {
  for (const codec of codecs) expect(() => codec.encode(nest(9))).not.toThrow();
});

test.each([10, 11, 20_000])('%i levels within are refused', (levels) => {
  for (const codec of codecs) {
    expect(() => codec.encode(nest(levels))).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  }
});
