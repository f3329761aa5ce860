// What does the caller's half of a call cost, beside a handler that answers at once?
import { join } from 'node:path';
import { bench, do_not_optimize, run } from 'mitata';
import { createAuth } from '../../src/auth/create-auth.ts';
import { configSchema } from '../../src/config/schema.ts';
import { loadContracts } from '../../src/contract/load-contracts.ts';
import { Cancellation } from '../../src/lib/cancellation.ts';
import type { Call } from '../../src/pipeline/call.ts';
import { createCallerCost } from '../../src/pipeline/caller-cost.ts';
import { bindMeters } from '../../src/pipeline/method-meters.ts';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { Metrics } from '../../src/telemetry/metrics/metrics.ts';
import { trpcPath } from '../call.ts';
import { getQuote } from '../calls/get-quote.ts';
import { compileContract } from '../contract.ts';
import { BUILD } from '../places.ts';
import { writeWeirContract } from '../weir-contract.ts';

compileContract();
const descriptorSet = join(BUILD, 'micro-contract.binpb');
writeWeirContract(descriptorSet, {});
const snapshot = await loadContracts([{ descriptorSet }]);
const method = snapshot.methods.get(trpcPath(getQuote));
if (!method) throw new Error(`The contract has no procedure ${trpcPath(getQuote)}.`);

const config = configSchema.parse({ contracts: [{ folder: join(BUILD, 'none') }], upstreams: {} });
const auth = createAuth(config.auth, config.redis, createLog({ level: 'silent', format: 'json' }));
const onRefused = () => {};
const cost = createCallerCost({ config, onLimiterChange: () => {} });
const pipeline = createPipeline({
  config,
  shedder: { shortageFor: () => undefined, countRefusal() {} },
  cost: cost.forSnapshot(snapshot),
  record: {
    report: do_not_optimize,
    meterOf: bindMeters(snapshot, new Metrics()),
    tracer: undefined,
  },
  authenticate: { ...auth, onRefused, onAuthenticated: () => {} },
  authorise: { ...auth, onRefused },
  fallback: { toJson: () => '{}' },
});

const reply = { json: '{}', headers: [] };
const handler = async () => reply;
const throughPipeline = pipeline.unary(handler);

const makeCall = (): Call => ({
  id: 'bench-1',
  method,
  wire: 'http',
  input: getQuote.input,
  headers: {},
  peer: { address: '127.0.0.1' },
  cancellation: new Cancellation(),
  deadline: undefined,
  lastEventId: undefined,
});

bench('the handler alone', async () => do_not_optimize(makeCall() && (await handler())));
bench('through the pipeline', async () => do_not_optimize(await throughPipeline(makeCall())));

await run();
process.exit();
