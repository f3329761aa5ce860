import type { BenchCall } from '../call.ts';

/** A mutation with a oneof, a wrapper and a map in the request, and the order as the answer. */
export const placeOrder: BenchCall = {
  service: 'orders.v1.OrderService',
  method: 'PlaceOrder',
  kind: 'mutation',
  input: {
    clientOrderId: 'desk-7-000042',
    symbol: 'AAPL',
    side: 'SIDE_BUY',
    quantity: 300,
    limit: { price: 189.35, timeInForce: 'TIME_IN_FORCE_DAY' },
    note: 'rebalance',
    labels: { desk: '7', strategy: 'momentum' },
  },
  output: {
    order: {
      orderId: '9007199254740995',
      clientOrderId: 'BENCH.ORDER',
      symbol: 'AAPL',
      side: 'SIDE_BUY',
      quantity: 300,
      status: 'ORDER_STATUS_ACCEPTED',
      limit: { price: 189.35, timeInForce: 'TIME_IN_FORCE_DAY' },
      placedAt: '2026-03-02T14:30:00.123456Z',
      note: 'rebalance',
      labels: { desk: '7', strategy: 'momentum' },
    },
  },
  marker: 'BENCH.ORDER',
};
