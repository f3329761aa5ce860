import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { parsePage, scrape, valueOn } from '../support/metrics-page.ts';
import { connectTo, pidOf } from './pinned-connection.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const OK = { method: GET_QUOTE, code: 'OK', transport: 'http' };

let backends: Backends;
let gateway: GatewayProcess;
let metricsUrl: string;

beforeAll(async () => {
  backends = await startBackends();
  gateway = await startGateway(backends, {
    server: { workers: 2 },
    admin: { whenAuthOff: 'open' },
    telemetry: { metrics: { listen: { port: 0 } } },
  });
  metricsUrl = String(
    (await gateway.child.waitFor('metrics', (line) => line.msg === 'metrics')).url,
  );
});

afterAll(async () => {
  await gateway.stop();
  await backends.stop();
});

async function call(worker: number, times: number): Promise<void> {
  const connection = await connectTo(gateway, worker);
  for (let made = 0; made < times; made++) await connection.query(GET_QUOTE, { symbol: 'AAPL' });
  connection.close();
}

const labelsOf = (page: string, name: string) =>
  parsePage(page)
    .filter((series) => series.name === name)
    .map(({ labels }) => labels);

test('one page has the calls of all workers, through deaths and silences', async () => {
  await call(1, 7);
  await call(2, 5);
  const page = await scrape(metricsUrl);
  expect(valueOn(page, 'weir_calls_total', OK)).toBe(12);
  expect(valueOn(page, 'weir_call_duration_seconds_count', { method: GET_QUOTE })).toBe(12);
  expect(
    valueOn(page, 'weir_call_duration_seconds_bucket', { method: GET_QUOTE, le: '+Inf' }),
  ).toBe(12);
  expect(valueOn(page, 'weir_workers_serving')).toBe(2);
  // What is one process's own, and what is said once.
  const byWorker = labelsOf(page, 'nodejs_eventloop_lag_p99_seconds').map(({ worker }) => worker);
  expect(byWorker.sort()).toEqual(['1', '2', 'primary']);
  expect(labelsOf(page, 'weir_build_info')).toHaveLength(1);
  expect(labelsOf(page, 'weir_upstream_endpoints')).toHaveLength(2);

  const pid = await pidOf(gateway, 2);
  process.kill(pid, 'SIGSTOP');
  const started = performance.now();
  const silent = await scrape(metricsUrl);
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(valueOn(silent, 'weir_calls_total', OK)).toBe(12);
  expect(valueOn(silent, 'weir_worker_readings_missed_total')).toBe(1);
  expect(labelsOf(silent, 'nodejs_eventloop_lag_p99_seconds')).toHaveLength(2);

  process.kill(pid, 'SIGKILL');
  await pidOf(gateway, 2, pid);
  await call(2, 3);
  const after = await scrape(metricsUrl, 'application/openmetrics-text');
  expect(valueOn(after, 'weir_calls_total', OK)).toBe(15);
  expect(valueOn(after, 'weir_worker_restarts_total')).toBe(1);
  expect(after.endsWith('# EOF\n')).toBe(true);

  const { stdout, stderr, status } = spawnSync('promtool', ['check', 'metrics'], {
    input: await scrape(metricsUrl),
    encoding: 'utf8',
  });
  expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
});
