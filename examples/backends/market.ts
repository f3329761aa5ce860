// The sample market as a process: `node examples/backends/market.ts --port 50051`.
import { Market } from './market/market.ts';
import { quoteService } from './market/quote-service.ts';
import { systemClock } from './server/clock.ts';
import { runProcess } from './server/process.ts';

await runProcess((options) => ({
  name: 'market',
  service: 'market.v1.QuoteService',
  implement: (calls) => quoteService(calls, new Market(options), systemClock),
}));
