import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { toDuration, toStruct, toTimestamp } from '../server/well-known.ts';
import type { Listing } from './instruments.ts';
import { type Quote, TICK } from './market.ts';

/** `market.v1.GetQuoteResponse` */
export function toQuoteMessage(quote: Quote): object {
  return {
    symbol: quote.symbol,
    bid: quote.bid,
    ask: quote.ask,
    bid_size: quote.bidSize,
    ask_size: quote.askSize,
    sequence: String(quote.sequence),
    quoted_at: toTimestamp(quote.quotedAtMs),
    state: quote.state,
    change_bps: quote.changeBps,
    ...(quote.last === undefined ? {} : { last: quote.last }),
  };
}

/** `market.v1.Instrument` */
export function toInstrumentMessage(listing: Listing, recentCloses: readonly number[]): object {
  const { symbol, name, sectors, dividendYield } = listing;
  const feedId = crc32(symbol);
  const isin = toIsin(feedId);
  return {
    symbol,
    name,
    tick: TICK,
    shares_outstanding: String(listing.sharesOutstanding),
    feed_id: feedId,
    listing_id: String(2n ** 63n + BigInt(feedId)),
    price_exponent: -2,
    epoch_offset_ns: String(-BigInt(feedId) * 1_000_000_007n),
    net_position_limit: String(-(listing.sharesOutstanding / 100n)),
    shortable: listing.state === 'TRADING_STATE_OPEN',
    listing_digest: createHash('sha256').update(`${symbol}\n${name}\n${isin}`).digest(),
    identifiers: { ISIN: isin, RIC: `${symbol}.O`, BLOOMBERG: `${symbol} US Equity` },
    venues: {
      1: { name: 'Weir Exchange', primary: true },
      [100 + (feedId % 7)]: { name: `Dark Pool ${(feedId % 7) + 1}`, primary: false },
    },
    sector: toSector(sectors),
    attributes: toStruct({
      vendor: 'Weir Reference Data',
      esgScore: Math.round((feedId % 1000) / 10),
      tags: [sectors[0]?.toLowerCase() ?? '', dividendYield === undefined ? 'growth' : 'income'],
      index: { name: 'Weir 50', weight: Number(listing.sharesOutstanding / 1_000_000n) / 100_000 },
      successor: null,
    }),
    settlement: toDuration(86_400_000),
    recent_closes: recentCloses,
    allowed_states: ['TRADING_STATE_OPEN', 'TRADING_STATE_HALTED', 'TRADING_STATE_CLOSED'],
    isin,
    ...(dividendYield === undefined ? {} : { dividend_yield: { value: dividendYield } }),
  };
}

function toSector([name, ...wider]: readonly string[]): object | null {
  if (name === undefined) return null;
  return { name, parent: toSector(wider) };
}

/** An ISIN of this exchange's own numbers, with the check digit of ISO 6166. */
function toIsin(feedId: number): string {
  const body = `US${String(feedId % 1_000_000_000).padStart(9, '0')}`;
  const digits = [...body].map((sign) => Number.parseInt(sign, 36)).join('');
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const weighted = Number(digit) * (place % 2 === 0 ? 2 : 1);
    return total + Math.floor(weighted / 10) + (weighted % 10);
  }, 0);
  return body + ((10 - (sum % 10)) % 10);
}
