// The sample order book as a process: `node examples/backends/orders.ts --port 50052`.
// With the market's `--seed` and `--step-ms` it trades on the market's own quotes.
import { Market } from './market/market.ts';
import { OrderBook } from './orders/order-book.ts';
import { orderService } from './orders/order-service.ts';
import { systemClock } from './server/clock.ts';
import { runProcess } from './server/process.ts';

await runProcess((options) => {
  const market = new Market(options);
  const book = new OrderBook(market, systemClock);
  setInterval(() => book.advance(), options.stepMs / 2).unref();
  return {
    name: 'orders',
    service: 'orders.v1.OrderService',
    implement: (calls) => orderService(calls, book, market, systemClock),
  };
});
