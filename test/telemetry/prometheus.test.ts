import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { parsePage, scrape } from '../support/metrics-page.ts';
import { getQuery } from '../support/request.ts';
import { Prometheus } from './prometheus.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const DEPLOY = join(import.meta.dirname, '..', '..', 'deploy');
const RULES = ['recording-rules.yaml', 'alert-rules.yaml'].map((file) =>
  join(DEPLOY, 'prometheus', file),
);

let backends: Backends;
let gateway: GatewayProcess;
let prometheus: Prometheus;

beforeAll(async () => {
  backends = await startBackends();
  // Nobody takes the spans; here it is their metrics that matter.
  const traces = { url: 'http://127.0.0.1:9/v1/traces', ratio: 1 };
  gateway = await startGateway(backends, { telemetry: { traces } });
  prometheus = await Prometheus.start(new URL(gateway.url).host);
});

afterAll(async () => {
  await prometheus.stop();
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
});

test('Prometheus scrapes the page and finds the calls', async () => {
  for (let call = 0; call < 3; call++) {
    await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' });
  }
  const query = `weir_calls_total{method="${GET_QUOTE}",code="OK",transport="http"}`;
  await expect
    .poll(() => prometheus.ask('query', { query }), { timeout: 15_000 })
    .toMatchObject({ result: [{ value: [expect.any(Number), '3'] }] });
  // A machine that does much else may miss one scrape.
  await expect
    .poll(() => prometheus.ask('targets'), { timeout: 15_000 })
    .toMatchObject({ activeTargets: [{ health: 'up', lastError: '' }] });
});

test('an exemplar leads from the latency to a trace', async () => {
  const query = `weir_call_duration_seconds_bucket{method="${GET_QUOTE}"}`;
  const now = Date.now() / 1_000;
  const params = { query, start: String(now - 60), end: String(now + 60) };
  await expect
    .poll(() => prometheus.ask('query_exemplars', params), { timeout: 15_000 })
    .toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          exemplars: [
            expect.objectContaining({
              labels: { trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) },
            }),
          ],
        }),
      ]),
    );
});

test('Prometheus evaluates every rule without an error', async () => {
  const statesOf = async () => {
    const text = JSON.stringify(await prometheus.ask('rules'));
    return new Set([...text.matchAll(/"health":"(\w*)"/g)].map(([, health]) => health));
  };
  await expect.poll(statesOf, { timeout: 15_000 }).toEqual(new Set(['ok']));
});

test('every panel of the dashboard asks for metrics that exist', async () => {
  const text = readFileSync(join(DEPLOY, 'grafana', 'weir.json'), 'utf8');
  const expressions = [...text.matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(([, json = '""']) =>
    String(JSON.parse(json)),
  );
  expect(expressions.length).toBeGreaterThan(20);
  // Names of families, as some have no samples before something happens.
  const page = await scrape(`${gateway.url}/metrics`);
  const families = [...page.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);
  for (const expression of expressions) {
    const query = expression.replaceAll('$__rate_interval', '1m');
    await prometheus.ask('query', { query });
    for (const [name] of query.matchAll(/\b(?:weir|nodejs|process)_\w+/g)) {
      expect(families).toContain(name.replace(/_(?:bucket|sum|count)$/, ''));
    }
  }
  expect(parsePage(page).length).toBeGreaterThan(100);
});

test('the rules pass promtool', () => {
  const { stdout, status } = spawnSync('promtool', ['check', 'rules', ...RULES], {
    encoding: 'utf8',
  });
  expect(stdout.match(/SUCCESS/g)).toHaveLength(2);
  expect(status).toBe(0);
});

test('the alerts are raised when they should be, and only then', () => {
  const file = join(import.meta.dirname, 'rules.promtool.yaml');
  const { stdout, stderr, status } = spawnSync('promtool', ['test', 'rules', file], {
    encoding: 'utf8',
  });
  expect({ stdout: stdout + stderr, status }).toEqual({
    stdout: expect.stringContaining('SUCCESS'),
    status: 0,
  });
});
