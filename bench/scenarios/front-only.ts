import { getQuote } from '../calls/get-quote.ts';
import { unaryScenario } from '../unary-scenario.ts';

export default unaryScenario({
  name: 'front-only',
  about: 'the tRPC wire alone: a small query whose handler answers at once',
  call: getQuote,
  setup: 'front',
});
