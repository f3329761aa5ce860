import { getQuote } from '../calls/get-quote.ts';
import { unaryScenario } from '../unary-scenario.ts';

export default unaryScenario({
  name: 'unary-small',
  about: 'one query, an answer of about 200 bytes',
  call: getQuote,
});
