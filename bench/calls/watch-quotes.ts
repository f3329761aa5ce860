import type { BenchCall } from '../call.ts';
import { QUOTE } from './get-quote.ts';

/** A subscription whose backend sends as fast as it is read. */
export const watchQuotes: BenchCall = {
  service: 'market.v1.QuoteService',
  method: 'WatchQuotes',
  kind: 'subscription',
  input: { symbols: ['BENCH.STREAM'] },
  output: { symbol: 'BENCH.STREAM', quote: QUOTE },
  marker: 'BENCH.STREAM',
};
