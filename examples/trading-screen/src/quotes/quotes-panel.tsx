import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useCallback, useMemo } from 'react';
import { LiveBadge } from '../live/live-badge.tsx';
import { type LiveObserver, useLive } from '../live/use-live.ts';
import { useTRPC, weir } from '../weir.ts';
import { quoteBoard } from './quote-board.ts';
import { QuoteRow } from './quote-row.tsx';

interface QuotesPanelProps {
  readonly selected: string;
  readonly onSelect: (symbol: string) => void;
}

export function QuotesPanel({ selected, onSelect }: QuotesPanelProps) {
  const trpc = useTRPC();
  const instruments = useQuery(
    trpc.market.v1.quoteService.listInstruments.queryOptions({ pageSize: 100 }),
  );
  const listed = instruments.data?.instruments;
  const symbols = useMemo(() => listed?.map((each) => each.symbol) ?? [], [listed]);

  return (
    <section className="quotes" aria-labelledby="quotes-title">
      <div className="title">
        <h2 id="quotes-title">Quotes</h2>
        {symbols.length > 0 && <QuoteStream symbols={symbols} />}
      </div>
      {instruments.data === undefined ? (
        <p className="empty" role="status">
          {instruments.failureCount > 0
            ? 'The market does not answer. Trying again …'
            : 'Loading the instruments …'}
        </p>
      ) : (
        <table onKeyDown={(event) => moveSelection(event, symbols, selected, onSelect)}>
          <caption className="hidden">
            Live quotes. Arrow keys choose the instrument to trade.
          </caption>
          <thead>
            <tr>
              <th scope="col">Symbol</th>
              <th scope="col">Bid</th>
              <th scope="col">Ask</th>
              <th scope="col">Last</th>
              <th scope="col">Change</th>
            </tr>
          </thead>
          <tbody>
            {instruments.data.instruments.map(({ symbol, name }) => (
              <QuoteRow
                key={symbol}
                symbol={symbol}
                name={name}
                selected={symbol === selected}
                onSelect={onSelect}
              />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function QuoteStream({ symbols }: { symbols: readonly string[] }) {
  const subscribe = useCallback(
    (observer: LiveObserver<{ quote?: Parameters<typeof quoteBoard.post>[0] }>) =>
      // Four quotes a second are more than anyone reads; the gateway need not send the others.
      weir.market.v1.quoteService.watchQuotes.subscribe(
        { symbols, minInterval: '0.25s' },
        observer,
      ),
    [symbols],
  );
  const { state, restart } = useLive(subscribe, ({ quote }) => {
    if (quote !== undefined) quoteBoard.post(quote);
  });
  return <LiveBadge state={state} restart={restart} />;
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

function moveSelection(
  event: KeyboardEvent<HTMLTableElement>,
  symbols: readonly string[],
  selected: string,
  onSelect: (symbol: string) => void,
): void {
  const step = STEPS[event.key];
  const next = step === undefined ? undefined : symbols[symbols.indexOf(selected) + step];
  if (next === undefined) return;
  event.preventDefault();
  onSelect(next);
  event.currentTarget.querySelector<HTMLElement>(`[data-symbol="${next}"] button`)?.focus();
}
