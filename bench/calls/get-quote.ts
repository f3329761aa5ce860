import type { BenchCall } from '../call.ts';

export const QUOTE = {
  symbol: 'BENCH.SYMBOL',
  bid: 189.37,
  ask: 189.39,
  bidSize: 1200,
  askSize: 900,
  sequence: '9007199254740993',
  quotedAt: '2026-03-02T14:30:00.123456789Z',
  state: 'TRADING_STATE_OPEN',
  last: 189.38,
  changeBps: -42,
};

/** A small query: about 200 bytes of JSON come back. */
export const getQuote: BenchCall = {
  service: 'market.v1.QuoteService',
  method: 'GetQuote',
  kind: 'query',
  input: { symbol: QUOTE.symbol },
  output: QUOTE,
  marker: QUOTE.symbol,
};
