import { getQuote } from '../calls/get-quote.ts';
import { unaryScenario } from '../unary-scenario.ts';

/** Beside `unary-small`, which counts, it shows what counting costs. */
export default unaryScenario({
  name: 'unary-unobserved',
  about: 'unary-small without metrics, log lines and traces',
  call: getQuote,
  subjects: ['weir'],
  weir: { config: { telemetry: { metrics: { enabled: false } }, log: { level: 'silent' } } },
});
