import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Market } from '../market/market.ts';
import type { CallContext } from '../server/call-context.ts';
import type { Calls } from '../server/calls.ts';
import type { Clock } from '../server/clock.ts';
import { badRequest } from '../server/error-details.ts';
import { StatusError } from '../server/status-error.ts';
import { applyMask } from './field-mask.ts';
import { type ImportOrdersRequest, importOrders } from './import-orders.ts';
import { toExecutionMessage, toOrderMessage } from './messages.ts';
import { type NegotiateRequest, negotiate } from './negotiation.ts';
import type { OrderBook } from './order-book.ts';
import { type PlaceOrderRequest, toTicket } from './ticket.ts';

const ORDER_FIELDS = [
  'order_id',
  'client_order_id',
  'symbol',
  'side',
  'quantity',
  'filled_quantity',
  'status',
  'limit',
  'market',
  'peg',
  'placed_at',
  'average_price',
  'note',
  'labels',
  'algorithm',
  'children',
];

interface GetOrderRequest {
  readonly id?: 'order_id' | 'client_order_id';
  readonly order_id?: string;
  readonly client_order_id?: string;
  readonly fields: { readonly paths: readonly string[] } | null;
}

/** `orders.v1.OrderService` */
export function orderService(
  calls: Calls,
  book: OrderBook,
  market: Market,
  clock: Clock,
): UntypedServiceImplementation {
  function getOrder(request: GetOrderRequest) {
    const message = toOrderMessage(findOrder(book, request));
    return { order: applyMask(message, request.fields?.paths ?? [], ORDER_FIELDS) };
  }

  async function* watchExecutions(
    { after_sequence, symbol }: { after_sequence: string; symbol: string },
    { signal }: CallContext,
  ) {
    for await (const execution of book.executions.watch(BigInt(after_sequence), signal)) {
      if (symbol === '' || symbol === execution.symbol) yield toExecutionMessage(execution);
    }
  }

  return {
    PlaceOrder: calls.unary((request: PlaceOrderRequest) => ({
      order: toOrderMessage(book.place(toTicket(request))),
    })),
    CancelOrder: calls.unary(({ order_id }: { order_id: string }) => ({
      order: toOrderMessage(book.cancel(BigInt(order_id))),
      acknowledgement: {},
    })),
    GetOrder: calls.unary(getOrder),
    WatchExecutions: calls.serverStreaming(watchExecutions),
    ImportOrders: calls.clientStreaming(
      (requests: AsyncIterable<ImportOrdersRequest>, { signal }) =>
        importOrders(requests, book, signal),
    ),
    Negotiate: calls.bidi((steps: AsyncIterable<NegotiateRequest>) =>
      negotiate(steps, book, market, clock),
    ),
  };
}

function findOrder(book: OrderBook, { id, order_id, client_order_id }: GetOrderRequest) {
  if (id === 'order_id') return book.get(BigInt(order_id ?? 0));
  if (id === 'client_order_id') return book.getByClientId(client_order_id ?? '');
  throw new StatusError('INVALID_ARGUMENT', 'Ask by order_id or by client_order_id', [
    badRequest([{ field: 'id', description: 'must be one of order_id and client_order_id' }]),
  ]);
}
