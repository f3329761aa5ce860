import { placeOrder } from '../calls/place-order.ts';
import { unaryScenario } from '../unary-scenario.ts';

export default unaryScenario({
  name: 'mutation',
  about: 'one order by POST, a body to decode',
  call: placeOrder,
});
