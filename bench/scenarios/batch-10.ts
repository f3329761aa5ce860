import { getQuote } from '../calls/get-quote.ts';
import { unaryScenario } from '../unary-scenario.ts';

export default unaryScenario({
  name: 'batch-10',
  about: 'ten small queries in one request',
  call: getQuote,
  batch: 10,
});
