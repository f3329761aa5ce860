import { useQuery } from '@tanstack/react-query';
import type { marketV1 } from '@weir/sample-client';
import { useTRPC } from '../weir.ts';
import { formatChange, formatCount, formatPrice, formatState, formatTime } from './format.ts';
import { useTick } from './use-tick.ts';

export function QuoteDetail({ symbol }: { symbol: string }) {
  const trpc = useTRPC();
  const instruments = useQuery(
    trpc.market.v1.quoteService.listInstruments.queryOptions({ pageSize: 100 }),
  );
  const instrument = instruments.data?.instruments.find((each) => each.symbol === symbol);
  const tick = useTick(symbol);
  const quote = tick?.quote;

  return (
    <section className="detail" aria-labelledby="detail-title">
      <div className="title">
        <h2 id="detail-title">{symbol}</h2>
        <p>{instrument?.name}</p>
        {instrument && <Closes closes={instrument.recentCloses.map(Number)} />}
      </div>
      <p className="big">
        <output key={quote?.sequence} className={tick?.move} aria-label="Last price">
          {formatPrice(quote?.last ?? quote?.bid)}
        </output>
        {quote && (
          <small className={quote.changeBps < 0 ? 'loss' : 'gain'}>
            {formatChange(quote.changeBps)}
          </small>
        )}
      </p>
      <dl>
        <Fact
          name="Bid"
          value={quote && `${formatPrice(quote.bid)} × ${formatCount(quote.bidSize)}`}
        />
        <Fact
          name="Ask"
          value={quote && `${formatPrice(quote.ask)} × ${formatCount(quote.askSize)}`}
        />
        <Fact name="Spread" value={quote && formatPrice(Number(quote.ask) - Number(quote.bid))} />
        <Fact name="Trading" value={quote && formatState(quote.state)} />
        <Fact name="Quoted at" value={quote && formatTime(quote.quotedAt)} />
        <Fact name="Sequence" value={quote && formatCount(quote.sequence)} />
        <Fact name="Sector" value={instrument && sectorsOf(instrument.sector).join(' › ')} />
        <Fact
          name="Dividend"
          value={
            instrument && (instrument.dividendYield ? `${instrument.dividendYield} %` : 'none')
          }
        />
      </dl>
    </section>
  );
}

function Fact({ name, value }: { name: string; value: string | undefined }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value ?? '–'}</dd>
    </div>
  );
}

/** From the wide to the narrow. */
function sectorsOf(sector: marketV1.Sector | undefined): string[] {
  return sector === undefined ? [] : [...sectorsOf(sector.parent), sector.name];
}

function Closes({ closes }: { closes: readonly number[] }) {
  const low = Math.min(...closes);
  const span = Math.max(...closes) - low || 1;
  const points = closes.map(
    (close, day) => `${(day / (closes.length - 1)) * 100},${22 - ((close - low) / span) * 20}`,
  );
  return (
    <svg
      viewBox="0 0 100 24"
      role="img"
      aria-label={`Closes: ${closes.map(formatPrice).join(', ')}`}
    >
      <polyline points={points.join(' ')} />
    </svg>
  );
}
