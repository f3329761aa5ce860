import { getQuote } from '../calls/get-quote.ts';
import { unaryScenario } from '../unary-scenario.ts';

/** Nobody takes the spans: they are made, encoded, refused and counted. */
export default unaryScenario({
  name: 'unary-traced-100',
  about: 'unary-small with metrics, log lines and traces of 100 % of the calls',
  call: getQuote,
  subjects: ['weir'],
  weir: { config: { telemetry: { traces: { url: 'http://127.0.0.1:9/v1/traces', ratio: 1 } } } },
});
