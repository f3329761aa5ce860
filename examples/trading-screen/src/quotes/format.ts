import type { marketV1 } from '@weir/sample-client';

const PRICE = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const COUNT = new Intl.NumberFormat('en');
const TIME = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' });

/** @param price as ProtoJSON writes a double: a number, or `"NaN"` and the infinities as text */
export function formatPrice(price: number | string | undefined): string {
  return price === undefined ? '–' : PRICE.format(Number(price));
}

export function formatCount(count: number | string): string {
  return COUNT.format(typeof count === 'string' ? BigInt(count) : count);
}

/** Basis points as a signed percentage, for example `+0.25 %`. */
export function formatChange(basisPoints: number): string {
  const sign = basisPoints > 0 ? '+' : basisPoints < 0 ? '−' : '';
  return `${sign}${PRICE.format(Math.abs(basisPoints) / 100)} %`;
}

export function formatTime(timestamp: string | undefined): string {
  return timestamp === undefined ? '–' : TIME.format(new Date(timestamp));
}

const STATES: Record<marketV1.TradingState, string> = {
  TRADING_STATE_UNSPECIFIED: 'Unknown',
  TRADING_STATE_OPEN: 'Open',
  TRADING_STATE_HALTED: 'Halted',
  TRADING_STATE_CLOSED: 'Closed',
  TRADING_STATE_AUCTION: 'Auction',
};

export function formatState(state: marketV1.TradingState): string {
  return STATES[state];
}
