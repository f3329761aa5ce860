import type { marketV1 } from '@weir/sample-client';

export interface Tick {
  readonly quote: marketV1.GetQuoteResponse;
  /** Against the tick before. */
  readonly move: 'up' | 'down' | 'same';
}

/** The newest quote of every symbol. Each row listens to its own symbol, so a tick draws one row. */
export interface QuoteBoard {
  post(quote: marketV1.GetQuoteResponse): void;
  get(symbol: string): Tick | undefined;
  subscribe(symbol: string, listener: () => void): () => void;
}

export function createQuoteBoard(): QuoteBoard {
  const ticks = new Map<string, Tick>();
  const listeners = new Map<string, Set<() => void>>();
  const posted = new Map<string, marketV1.GetQuoteResponse>();

  /** Once a frame: what came in between nobody could have seen. */
  function show(): void {
    for (const [symbol, quote] of posted) {
      ticks.set(symbol, { quote, move: compare(quote, ticks.get(symbol)?.quote) });
      for (const listener of listeners.get(symbol) ?? []) listener();
    }
    posted.clear();
  }

  return {
    post(quote) {
      if (posted.size === 0) requestAnimationFrame(show);
      posted.set(quote.symbol, quote);
    },
    get: (symbol) => ticks.get(symbol),
    subscribe(symbol, listener) {
      const ofSymbol = listeners.get(symbol) ?? new Set();
      listeners.set(symbol, ofSymbol.add(listener));
      return () => ofSymbol.delete(listener);
    },
  };
}

function compare(
  quote: marketV1.GetQuoteResponse,
  before: marketV1.GetQuoteResponse | undefined,
): Tick['move'] {
  const change = before === undefined ? 0 : Number(quote.bid) - Number(before.bid);
  if (change === 0) return 'same';
  return change > 0 ? 'up' : 'down';
}

export const quoteBoard = createQuoteBoard();
