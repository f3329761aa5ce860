// The messages that `decode.ts` and `encode.ts` measure: ProtoJSON of the sample contracts.
import type { JsonObject } from '@bufbuild/protobuf';

export interface MeasuredMessage {
  readonly title: string;
  readonly typeName: string;
  readonly json: JsonObject;
}

const quote = {
  symbol: 'AAPL',
  bid: 189.37,
  ask: 189.41,
  bidSize: 300,
  askSize: 1200,
  sequence: '9007199254741993',
  quotedAt: '2026-01-31T14:30:00.123456Z',
  state: 'TRADING_STATE_OPEN',
  last: 189.4,
  changeBps: -37,
};

const order = {
  orderId: '9007199254740993',
  clientOrderId: 'desk-7/000123',
  symbol: 'MSFT',
  side: 'SIDE_BUY',
  quantity: 500,
  filledQuantity: 200,
  status: 'ORDER_STATUS_PARTIALLY_FILLED',
  limit: { price: 412.5, timeInForce: 'TIME_IN_FORCE_DAY' },
  placedAt: '2026-01-31T14:30:00Z',
  averagePrice: 412.47,
  note: 'work it slowly',
  labels: { desk: 'macro', book: 'B7' },
  children: [1, 2, 3, 4, 5].map((child) => ({
    orderId: `${9007199254740993n + BigInt(child)}`,
    symbol: 'MSFT',
    side: 'SIDE_BUY',
    quantity: 100,
    market: {},
  })),
};

function instrument(index: number, name: string): JsonObject {
  return {
    symbol: `SYM${index}`,
    name,
    tick: 0.01,
    sharesOutstanding: `${15_000_000_000 + index}`,
    feedId: 3_735_928_559,
    listingId: '18446744073709551615',
    priceExponent: -4,
    epochOffsetNs: '-1700000000000000000',
    netPositionLimit: '-250000',
    shortable: true,
    listingDigest: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    identifiers: { ISIN: 'US0378331005', FIGI: 'BBG000B9XRY4' },
    venues: { '1': { name: 'XNAS', primary: true }, '12': { name: 'ARCX' } },
    sector: { name: 'Semiconductors', parent: { name: 'Technology' } },
    attributes: { rating: 'AA', weight: 0.071, tags: ['large', 'growth'] },
    settlement: '172800s',
    dividendYield: 0.0052,
    recentCloses: [189.2, 188.75, 190.01, 191.3, 187.66].map((close) => close + index),
    allowedStates: ['TRADING_STATE_OPEN', 'TRADING_STATE_CLOSED'],
  };
}

function page(size: number, name: string): JsonObject {
  return {
    instruments: Array.from({ length: size }, (_, index) => instrument(index, name)),
    nextPageToken: 'c3ltYm9s',
  };
}

const PAGE = 'market.v1.ListInstrumentsResponse';

export const MESSAGES: readonly MeasuredMessage[] = [
  { title: 'quote, 80 bytes', typeName: 'market.v1.GetQuoteResponse', json: quote },
  { title: 'order with ten messages in it', typeName: 'orders.v1.Order', json: order },
  { title: 'page, 1 kB', typeName: PAGE, json: page(3, 'Apple Inc. Common Stock') },
  {
    title: 'page, 1 kB, escapes',
    typeName: PAGE,
    json: page(3, 'Apple "Inc."\tCommon\\Stock\n'),
  },
  { title: 'page, 1 kB, not ASCII', typeName: PAGE, json: page(3, 'Société Générale 株式会社 🍎') },
  { title: 'page, 100 kB', typeName: PAGE, json: page(300, 'Apple Inc. Common Stock') },
];
