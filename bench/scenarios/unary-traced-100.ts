import { getQuote } from '../calls/get-quote.ts';
import { besideCollector, COLLECTOR_URL } from '../collector-beside.ts';
import { unaryScenario } from '../unary-scenario.ts';
import { UNOBSERVED } from '../unobserved.ts';

export default besideCollector(
  unaryScenario({
    name: 'unary-traced-100',
    about: 'unary-small with metrics, log lines and traces of 100 % of the calls',
    call: getQuote,
    subjects: ['weir', 'weir-bare'],
    weir: { config: { telemetry: { traces: { url: COLLECTOR_URL, ratio: 1 } } } },
    bare: UNOBSERVED,
  }),
);
