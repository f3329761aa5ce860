import { getQuote } from '../calls/get-quote.ts';
import { unaryScenario } from '../unary-scenario.ts';

export default unaryScenario({
  name: 'front-only-batch-10',
  about: 'the tRPC wire alone: ten small queries in one request',
  call: getQuote,
  batch: 10,
  setup: 'front',
});
