import { toTimestamp } from '../server/well-known.ts';
import type { Execution } from './execution-log.ts';
import type { Order } from './order.ts';
import type { Pricing } from './pricing.ts';

/** `orders.v1.Order` */
export function toOrderMessage(order: Order): Record<string, unknown> {
  const { ticket, averagePrice } = order;
  return {
    order_id: String(order.orderId),
    client_order_id: ticket.clientOrderId,
    symbol: ticket.symbol,
    side: ticket.side,
    quantity: ticket.quantity,
    filled_quantity: order.filled,
    status: order.status,
    ...toPricingMessage(ticket.pricing),
    placed_at: toTimestamp(order.placedAtMs),
    average_price: averagePrice === undefined ? null : { value: averagePrice },
    note: ticket.note === undefined ? null : { value: ticket.note },
    labels: ticket.labels,
    algorithm: ticket.algorithm?.any ?? null,
    children: order.children.map(toOrderMessage),
  };
}

function toPricingMessage(pricing: Pricing): object {
  switch (pricing.kind) {
    case 'limit':
      return { limit: { price: pricing.price, time_in_force: pricing.timeInForce } };
    case 'market':
      return { market: {} };
    case 'peg':
      return { peg: { offset: pricing.offset } };
  }
}

/** `orders.v1.WatchExecutionsResponse` */
export function toExecutionMessage(execution: Execution): object {
  return {
    sequence: String(execution.sequence),
    order_id: String(execution.orderId),
    client_order_id: execution.clientOrderId,
    symbol: execution.symbol,
    side: execution.side,
    quantity: execution.quantity,
    price: execution.price,
    executed_at: toTimestamp(execution.executedAtMs),
    complete: execution.complete,
  };
}
