import type { Clock } from '../server/clock.ts';
import type { Market, Quote } from './market.ts';

export interface WatchOptions {
  readonly symbols: readonly string[];
  /** At most one quote of a symbol in this time; 0: every change. */
  readonly minIntervalMs: number;
}

interface Watched {
  readonly symbol: string;
  step: number;
  sentAtMs: number;
}

/**
 * Each symbol's newest quote at once, then its changes until the signal ends it. A reader who fell
 * behind still gets every change in order, unless `minIntervalMs` says that the newest is enough.
 */
export async function* watchQuotes(
  market: Market,
  clock: Clock,
  { symbols, minIntervalMs }: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<Quote> {
  const start = clock.now();
  const watched: Watched[] = [...new Set(symbols)].map((symbol) => ({
    symbol,
    step: market.stepAt(symbol, start) - 1,
    sentAtMs: Number.NEGATIVE_INFINITY,
  }));
  while (true) {
    for (const each of watched) {
      const now = clock.now();
      if (now - each.sentAtMs < minIntervalMs) continue;
      const newest = market.stepAt(each.symbol, now);
      if (newest === each.step) continue;
      if (minIntervalMs > 0) each.step = newest - 1;
      each.sentAtMs = now;
      while (each.step < newest) {
        signal.throwIfAborted();
        each.step += 1;
        yield market.quoteOfStep(each.symbol, each.step);
      }
    }
    await clock.sleep(market.stepMs - (clock.now() % market.stepMs), signal);
  }
}
