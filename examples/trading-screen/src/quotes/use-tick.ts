import { useCallback, useSyncExternalStore } from 'react';
import { quoteBoard, type Tick } from './quote-board.ts';

/** The newest quote of a symbol, and how it moved. */
export function useTick(symbol: string): Tick | undefined {
  const subscribe = useCallback(
    (listener: () => void) => quoteBoard.subscribe(symbol, listener),
    [symbol],
  );
  return useSyncExternalStore(subscribe, () => quoteBoard.get(symbol));
}
