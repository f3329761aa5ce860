// What was wrong in a message beside "@type" was said to be wrong in the Any as a whole.
import { expect, test } from 'vitest';
import { createTranscoder } from '../../src/transcode/transcoder.ts';
import { WELL_KNOWN_TYPES } from '../transcode/build-contract.ts';

const any = WELL_KNOWN_TYPES.getMessage('google.protobuf.Any');
if (any === undefined) throw new Error('There is no google.protobuf.Any.');
const transcoders = [true, false].map((compiles) =>
  createTranscoder(WELL_KNOWN_TYPES, { compiles }),
);
const ANY = 'type.googleapis.com/google.protobuf.Any';
const DURATION = 'type.googleapis.com/google.protobuf.Duration';
const LIST = 'type.googleapis.com/google.protobuf.ListValue';

test.each([
  [{ '@type': DURATION, value: '1' }, 'value'],
  [{ '@type': LIST, value: {} }, 'value'],
  [{ '@type': ANY, value: { '@type': DURATION, value: null } }, 'value.value'],
])('the path leads to the fault: %j', (json, field) => {
  for (const transcoder of transcoders) {
    expect(() => transcoder.codec(any).encode(json)).toThrow(
      expect.objectContaining({
        details: [
          expect.objectContaining({ fieldViolations: [expect.objectContaining({ field })] }),
        ],
      }),
    );
  }
});
