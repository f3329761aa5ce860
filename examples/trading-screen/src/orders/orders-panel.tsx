import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ordersV1 } from '@weir/sample-client';
import { formatCount, formatPrice } from '../quotes/format.ts';
import { useTRPC } from '../weir.ts';

/** The orders placed on this screen. */
export function OrdersPanel({ clientOrderIds }: { clientOrderIds: readonly string[] }) {
  return (
    <section className="orders" aria-labelledby="orders-title">
      <h2 id="orders-title">Orders</h2>
      {clientOrderIds.length === 0 ? (
        <p className="empty">None placed yet.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Order</th>
              <th scope="col">Filled</th>
              <th scope="col">Average</th>
              <th scope="col">Status</th>
              <th scope="col">
                <span className="hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {clientOrderIds.map((id) => (
              <OrderRow key={id} clientOrderId={id} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

const STATUSES: Record<ordersV1.OrderStatus, string> = {
  ORDER_STATUS_UNSPECIFIED: 'Unknown',
  ORDER_STATUS_ACCEPTED: 'Working',
  ORDER_STATUS_PARTIALLY_FILLED: 'Partly filled',
  ORDER_STATUS_FILLED: 'Filled',
  ORDER_STATUS_CANCELLED: 'Cancelled',
};

function OrderRow({ clientOrderId }: { clientOrderId: string }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { getOrder, cancelOrder } = trpc.orders.v1.orderService;
  const query = useQuery(
    getOrder.queryOptions(
      { clientOrderId },
      // Executions tell of changes; one may pass unseen while their stream is being taken up again.
      { refetchInterval: ({ state }) => (isOpen(state.data?.order) ? 5_000 : false) },
    ),
  );
  const cancel = useMutation(
    cancelOrder.mutationOptions({
      onSettled: () => queries.invalidateQueries(getOrder.queryFilter({ clientOrderId })),
    }),
  );
  const order = query.data?.order;
  if (order === undefined) {
    return (
      <tr>
        <td colSpan={5}>{query.isError ? query.error.message : 'Loading …'}</td>
      </tr>
    );
  }
  return (
    <tr data-client-order-id={clientOrderId}>
      <th scope="row">
        <span className={order.side === 'SIDE_BUY' ? 'gain' : 'loss'}>
          {order.side === 'SIDE_BUY' ? 'Buy' : 'Sell'}
        </span>{' '}
        {formatCount(order.quantity)} {order.symbol} {describePricing(order)}
      </th>
      <td>{formatCount(order.filledQuantity)}</td>
      <td>{formatPrice(order.averagePrice)}</td>
      <td>{STATUSES[order.status]}</td>
      <td>
        {isOpen(order) && (
          <button
            type="button"
            disabled={cancel.isPending}
            onClick={() => cancel.mutate({ orderId: order.orderId })}
          >
            Cancel
          </button>
        )}
        {cancel.isError && <span className="violation">{cancel.error.message}</span>}
      </td>
    </tr>
  );
}

function isOpen(order: ordersV1.Order | undefined): boolean {
  return (
    order?.status === 'ORDER_STATUS_ACCEPTED' || order?.status === 'ORDER_STATUS_PARTIALLY_FILLED'
  );
}

function describePricing(order: ordersV1.Order): string {
  if (order.limit) return `at ${formatPrice(order.limit.price)}`;
  if (order.peg) return `pegged ${formatPrice(order.peg.offset)}`;
  return order.market ? 'at market' : '';
}
