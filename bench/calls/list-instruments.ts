import type { JsonValue } from '@bufbuild/protobuf';
import type { BenchCall } from '../call.ts';

const COUNT = 100;

/** A large query: a full page of 100 instruments, about 100 kB of JSON. */
export const listInstruments: BenchCall = {
  service: 'market.v1.QuoteService',
  method: 'ListInstruments',
  kind: 'query',
  input: { pageSize: COUNT },
  output: {
    instruments: Array.from({ length: COUNT }, (_, index) => instrument(index)),
    nextPageToken: 'BENCH.NEXT.PAGE',
  },
  marker: 'BENCH.NEXT.PAGE',
};

function instrument(index: number): JsonValue {
  const symbol = `SYM${String(index).padStart(3, '0')}`;
  return {
    symbol,
    name: `Société Générale des Instruments n° ${index}, Class "A" Common Stock`,
    tick: 0.01,
    sharesOutstanding: String(15_000_000_000n + BigInt(index)),
    feedId: 1_735_928_559 - index,
    listingId: String(12_297_829_382_473_034_410n + BigInt(index)),
    priceExponent: -4,
    epochOffsetNs: String(-1_700_000_000_000_000_000n - BigInt(index)),
    netPositionLimit: '-250000',
    shortable: index % 2 === 0,
    listingDigest: Buffer.alloc(32, index + 1).toString('base64'),
    identifiers: { ISIN: `US03783310${String(index).padStart(2, '0')}`, CUSIP: '037833100' },
    venues: {
      '1': { name: 'Nasdaq Global Select', primary: true },
      '7': { name: 'Cboe BZX', primary: false },
    },
    sector: { name: 'Consumer Electronics', parent: { name: 'Technology' } },
    attributes: { rating: 'AA-', beta: 1.27, tags: ['index', 'dividend'], esg: { score: 61 } },
    settlement: '172800s',
    dividendYield: 0.0044,
    recentCloses: [189.12, 190.55, 188.03, 187.44, 191.2],
    allowedStates: ['TRADING_STATE_OPEN', 'TRADING_STATE_HALTED'],
  };
}
