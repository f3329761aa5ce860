import { type Quote, TICK, toTicks } from '../market/market.ts';
import type { Side } from './order.ts';

export type TimeInForce =
  | 'TIME_IN_FORCE_UNSPECIFIED'
  | 'TIME_IN_FORCE_DAY'
  | 'TIME_IN_FORCE_IMMEDIATE_OR_CANCEL'
  | 'TIME_IN_FORCE_FILL_OR_KILL';

export type Pricing =
  | { readonly kind: 'limit'; readonly price: number; readonly timeInForce: TimeInForce }
  | { readonly kind: 'market' }
  | { readonly kind: 'peg'; readonly offset: number };

/** The price at which an order trades on this quote, or undefined when it does not. */
export function tradePrice(pricing: Pricing, side: Side, quote: Quote): number | undefined {
  const buys = side === 'SIDE_BUY';
  const opposite = buys ? quote.ask : quote.bid;
  switch (pricing.kind) {
    case 'market':
      return opposite;
    case 'limit':
      return reaches(pricing.price, opposite, buys) ? opposite : undefined;
    case 'peg': {
      const price = toTicks(buys ? quote.bid + pricing.offset : quote.ask - pricing.offset);
      if (reaches(price, opposite, buys)) return opposite;
      // At the head of its own side the order meets every trade that happens there.
      const ownSideTraded = quote.last === (buys ? quote.bid : quote.ask);
      return ownSideTraded && pricing.offset >= 0 ? price : undefined;
    }
  }
}

/** What a share may cost at most, to compare with the buying power. */
export function worstPrice(pricing: Pricing, quote: Quote): number {
  if (pricing.kind === 'limit') return pricing.price;
  return pricing.kind === 'peg' ? quote.ask + Math.max(0, pricing.offset) : quote.ask;
}

export function isWholeTicks(price: number): boolean {
  return Math.abs(price / TICK - Math.round(price / TICK)) < 1e-6;
}

function reaches(price: number, opposite: number, buys: boolean): boolean {
  return buys ? price >= opposite : price <= opposite;
}
