import { StatusError } from '../server/status-error.ts';
import { toListValue } from '../server/well-known.ts';
import type { OrderBook } from './order-book.ts';
import { type PlaceOrderRequest, toTicket } from './ticket.ts';

/** Orders above this many shares are placed with a warning. */
const LARGE = 100_000;

/** `orders.v1.ImportOrdersRequest` as proto-loader gives it. */
export interface ImportOrdersRequest {
  readonly order: PlaceOrderRequest | null;
}

/** Places what can be placed; one order's refusal does not stop the others. */
export async function importOrders(
  requests: AsyncIterable<ImportOrdersRequest>,
  book: OrderBook,
  signal: AbortSignal,
): Promise<object> {
  const rejections: Record<number, string> = {};
  const warnings: { position: number; warning: string }[] = [];
  let position = 0;
  let accepted = 0;
  for await (const { order } of requests) {
    signal.throwIfAborted();
    try {
      if (order === null) throw new StatusError('INVALID_ARGUMENT', 'order is missing');
      book.place(toTicket(order));
      accepted += 1;
      if (order.quantity > LARGE) warnings.push({ position, warning: 'may move the market' });
    } catch (thrown) {
      if (!(thrown instanceof StatusError)) throw thrown;
      rejections[position] = `${thrown.code}: ${thrown.message}`;
    }
    position += 1;
  }
  return {
    accepted,
    rejected: position - accepted,
    rejections,
    warnings: toListValue(warnings),
  };
}
