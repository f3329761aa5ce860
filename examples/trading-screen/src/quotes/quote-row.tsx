import { memo } from 'react';
import { formatChange, formatPrice, formatState } from './format.ts';
import { useTick } from './use-tick.ts';

interface QuoteRowProps {
  readonly symbol: string;
  readonly name: string;
  readonly selected: boolean;
  readonly onSelect: (symbol: string) => void;
}

export const QuoteRow = memo(function QuoteRow(props: QuoteRowProps) {
  const { symbol, name, selected, onSelect } = props;
  const tick = useTick(symbol);
  const quote = tick?.quote;
  return (
    <tr data-symbol={symbol} aria-selected={selected}>
      <th scope="row">
        <button
          type="button"
          aria-pressed={selected}
          // One stop for the tabulator; the arrow keys move inside.
          tabIndex={selected ? 0 : -1}
          title={name}
          onClick={() => onSelect(symbol)}
        >
          {symbol}
        </button>
        {quote !== undefined && quote.state !== 'TRADING_STATE_OPEN' && (
          <span className="state">{formatState(quote.state)}</span>
        )}
      </th>
      {/* A new key starts the flash anew. */}
      <td key={`bid ${quote?.sequence}`} className={tick?.move}>
        {formatPrice(quote?.bid)}
      </td>
      <td key={`ask ${quote?.sequence}`} className={tick?.move}>
        {formatPrice(quote?.ask)}
      </td>
      <td>{formatPrice(quote?.last)}</td>
      <td className={quote && (quote.changeBps < 0 ? 'loss' : 'gain')}>
        {quote ? formatChange(quote.changeBps) : '–'}
      </td>
    </tr>
  );
});
