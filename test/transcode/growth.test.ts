// The buffer that a text is written into begins small and grows. Wherever in a message it has to, the text is the
// same: a name of another length each time moves the place where room ends across a whole message. Doubles that are
// no millionths, names of enums without a number and long keys are written in ways of their own.
import { fromJson, toBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { createTranscoder } from '../../src/transcode/transcoder.ts';
import { loadSampleContracts, messageOf } from './sample-contracts.ts';

const registry = loadSampleContracts();
const descriptor = messageOf(registry, 'market.v1.ListInstrumentsResponse');

const STEP = 16;
/** More than the text of one instrument. */
const SPAN = 1200;
/** Their text passes 16 and 32 kB. */
const INSTRUMENTS = 50;

const instrument = {
  symbol: 'AAPL',
  name: 'Apple',
  tick: 0.33333334,
  sharesOutstanding: '15000000000',
  feedId: 3735928559,
  listingId: '18446744073709551615',
  priceExponent: -4,
  epochOffsetNs: '-1700000000000000000',
  netPositionLimit: '-250000',
  shortable: true,
  listingDigest: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  identifiers: { ISIN: 'US0378331005', FIGI: 'BBG000B9XRY4', FIG: '株' },
  venues: { '1': { name: 'XNAS', primary: true }, '12': { name: 'ARCX', primary: false } },
  sector: { name: 'Semiconductors', parent: { name: 'Technology "IT"' } },
  attributes: { rating: 'AA', weight: 2 / 3, tags: ['large', null, { deep: [1e-9] }] },
  settlement: '172800.500s',
  dividendYield: 0.0052,
  recentCloses: [189.2, 1e21, -0.1 - 0.2, 5e-324],
  allowedStates: ['TRADING_STATE_OPEN', 77, 'TRADING_STATE_CLOSED', -1],
  isin: '',
};

describe.each([
  ['compiled', true],
  ['interpreted', false],
])('%s', (_, compiles) => {
  test('a text is the same wherever its buffer grows', () => {
    const differing: number[] = [];
    for (let length = 0; length < SPAN; length += STEP) {
      const first = { ...instrument, name: 'x'.repeat(length) };
      const json = {
        instruments: [first, ...Array.from({ length: INSTRUMENTS }, () => instrument)],
        nextPageToken: '',
      };
      const bytes = toBinary(descriptor, fromJson(descriptor, json, { registry }));
      const text = createTranscoder(registry, { compiles }).codec(descriptor).decode(bytes);
      if (text !== JSON.stringify(json)) differing.push(length);
    }
    expect(differing).toEqual([]);
  });
});
