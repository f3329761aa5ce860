import type { Quote } from '../market/market.ts';
import { errorInfo, resourceInfo, retryInfo } from '../server/error-details.ts';
import { StatusError } from '../server/status-error.ts';
import type { Order } from './order.ts';

const DOMAIN = 'orders.v1';
const ORDER = 'orders.v1.Order';

/** When the exchange looks at a halt again. */
const HALT_REVIEW_MS = 30_000;

export function refuseDuplicate({ orderId, ticket }: Order): StatusError {
  const { clientOrderId } = ticket;
  return new StatusError('ALREADY_EXISTS', `There is an order "${clientOrderId}" already`, [
    errorInfo('DUPLICATE_CLIENT_ORDER_ID', DOMAIN, { clientOrderId, orderId: String(orderId) }),
    resourceInfo(ORDER, clientOrderId),
  ]);
}

export function refuseHalted({ symbol, state }: Quote): StatusError {
  return new StatusError('FAILED_PRECONDITION', `${symbol} does not trade now`, [
    errorInfo(state === 'TRADING_STATE_HALTED' ? 'TRADING_HALTED' : 'MARKET_CLOSED', DOMAIN, {
      symbol,
    }),
    retryInfo(HALT_REVIEW_MS),
  ]);
}

export function refuseBeyondBuyingPower(required: number, available: number): StatusError {
  return new StatusError('FAILED_PRECONDITION', 'The order costs more than the buying power left', [
    errorInfo('INSUFFICIENT_BUYING_POWER', DOMAIN, {
      required: required.toFixed(2),
      available: available.toFixed(2),
      currency: 'USD',
    }),
  ]);
}

export function refuseFilled({ orderId }: Order): StatusError {
  return new StatusError('FAILED_PRECONDITION', `Order ${orderId} is filled`, [
    errorInfo('ORDER_FILLED', DOMAIN, { orderId: String(orderId) }),
  ]);
}

export function refuseUnknownOrder(id: string): StatusError {
  return new StatusError('NOT_FOUND', `There is no order ${id}`, [
    errorInfo('UNKNOWN_ORDER', DOMAIN, { id }),
    resourceInfo(ORDER, id),
  ]);
}
