// A key that no message has came back whole in the path of its violation: up to 32 times a megabyte.
import { expect, test } from 'vitest';
import { WeirError } from '../../src/errors.ts';
import { createTranscoder } from '../../src/transcode/transcoder.ts';
import { loadSampleContracts, messageOf } from '../transcode/sample-contracts.ts';

const registry = loadSampleContracts();
const { encode } = createTranscoder(registry).codec(messageOf(registry, 'orders.v1.Order'));
const LONG = 'k'.repeat(1_000_000);

test.each([
  ['an unknown field', { [LONG]: 1 }, 1],
  ['a map key', { labels: { [LONG]: 1 } }, 1],
  [
    'unknown fields within an Any, beside other violations',
    {
      algorithm: {
        '@type': 'type.googleapis.com/market.v1.Instrument',
        venues: { 1: { name: 1, [LONG]: 1 }, 2: { name: 1, [LONG]: 1 }, 3: { name: 1, [LONG]: 1 } },
      },
    },
    6,
  ],
])('%s is shown by its beginning', (_, json, count) => {
  let refusal: unknown;
  try {
    encode(json);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(WeirError);
  const text = JSON.stringify(refusal instanceof WeirError ? refusal.details : '');
  expect(text.match(/"field":/g)).toHaveLength(count);
  expect(text.length).toBeLessThan(count * 500);
});
