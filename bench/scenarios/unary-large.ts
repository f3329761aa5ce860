import { listInstruments } from '../calls/list-instruments.ts';
import { unaryScenario } from '../unary-scenario.ts';

export default unaryScenario({
  name: 'unary-large',
  about: 'one query, an answer of about 100 kB with every kind of field',
  call: listInstruments,
});
