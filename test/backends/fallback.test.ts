import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import { type ConfigTree, type GatewayProcess, startGateway } from '../support/gateway.ts';
import { getQuery } from '../support/request.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const FALLBACK = `fallback: { json: '{"symbol": "NONE"}' }`;

let folder: string;
let backends: Backends;
let gateway: GatewayProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-fallback-'));
  cpSync(join(import.meta.dirname, '..', '..', 'proto'), folder, { recursive: true });
  const file = join(folder, 'market', 'v1', 'quote_service.proto');
  const contract = readFileSync(file, 'utf8');
  // GetQuote is the only method with a rate limit.
  writeFileSync(file, contract.replace('rate_limit: {', `${FALLBACK}\n      rate_limit: {`));
  backends = await startBackends();
});

afterEach(async () => {
  expect(await gateway.stop()).toBe(0);
});

afterAll(async () => {
  await backends.stop();
  rmSync(folder, { recursive: true });
});

async function start(overrides: ConfigTree = {}): Promise<void> {
  gateway = await startGateway(backends, { contracts: [{ folder }], ...overrides });
}

const ask = (headers = {}) => getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, headers);

test('stands in for a backend that fails, says so, and is counted', async () => {
  await start();
  const real = await ask();
  expect(real.headers.get('weir-fallback')).toBeNull();
  expect(real.body).toMatchObject({ result: { data: { symbol: 'AAPL' } } });

  const declared = await ask({ 'x-sample-fail': 'UNAVAILABLE' });
  expect(declared.status).toBe(200);
  expect(declared.headers.get('weir-fallback')).toBe('UNAVAILABLE');
  expect(declared.body).toMatchObject({
    result: { data: { symbol: 'NONE' }, fallback: { code: 'UNAVAILABLE' } },
  });
  const line = await gateway.logged(declared.headers.get('x-request-id') ?? '');
  expect(line).toMatchObject({ code: 'OK', fallback: 'UNAVAILABLE', level: 'warn' });
  const page = await fetch(`${gateway.url}/metrics`).then((answer) => answer.text());
  expect(page).toContain(`weir_calls_fallback_total{method="${GET_QUOTE}",code="UNAVAILABLE"} 1`);
});

test('does not hide what the backend says of the request', async () => {
  await start();
  const refused = await ask({ 'x-sample-fail': 'NOT_FOUND' });
  expect(refused.status).toBe(404);
});

test('nobody who may not ask is given it, nor anyone above his limit', async () => {
  await start({
    auth: {
      mode: 'on',
      roles: { trader: {} },
      access: { 'market.v1.QuoteService/GetQuote': { roles: ['trader'] } },
    },
    rateLimits: { methods: { [GET_QUOTE]: { requests: 1, per: '1h', key: 'ip' } } },
  });
  const unknown = await ask({ 'x-sample-fail': 'UNAVAILABLE' });
  expect(unknown.status).toBe(401);
  const tooMany = await ask({ 'x-sample-fail': 'UNAVAILABLE' });
  expect(tooMany.status).toBe(429);
});
