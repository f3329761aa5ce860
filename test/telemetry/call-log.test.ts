import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import type { Line } from '../support/child.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { getQuery } from '../support/request.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';

let backends: Backends;
let gateway: GatewayProcess;

beforeAll(async () => {
  backends = await startBackends();
  gateway = await startGateway(backends, { log: { level: 'info', successes: 0.02 } });
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
});

const isCall = ({ msg }: Line) => msg === 'call';
const callLines = () => gateway.child.lines.filter(isCall);
const quote = (symbol: string, requestId: string) =>
  getQuery(gateway.trpcUrl, GET_QUOTE, { symbol }, { 'x-request-id': requestId });

test('a failure has everything needed to find it again', async () => {
  await quote('NONE', 'lost-1');
  expect(await gateway.logged('lost-1')).toMatchObject({
    level: 'info',
    module: 'calls',
    requestId: 'lost-1',
    path: GET_QUOTE,
    wire: 'http',
    code: 'NOT_FOUND',
    durationMs: expect.any(Number),
    address: '127.0.0.1',
    endpoint: backends.market.address,
    attempts: 1,
    requestBytes: 6,
    responseBytes: 0,
    messages: 0,
    error: expect.stringContaining('NONE'),
  });
});

test('a flood of successes leaves a share of lines, a flood of failures all of them', async () => {
  const before = callLines().length;
  for (let round = 0; round < 20; round++) {
    await Promise.all(Array.from({ length: 10 }, () => quote('AAPL', `good-${round}`)));
    await quote('NONE', `bad-${round}`);
  }
  await gateway.logged('bad-19');
  const lines = callLines().slice(before);
  expect(lines.filter(({ code }) => code === 'NOT_FOUND')).toHaveLength(20);
  const successes = lines.filter(({ code }) => code === 'OK').length;
  expect(successes).toBeGreaterThanOrEqual(3);
  expect(successes).toBeLessThanOrEqual(5);
});

test('a level is changed while the gateway runs', async () => {
  const text = readFileSync(gateway.configFile, 'utf8');
  const config = JSON.parse(text);
  config.log.modules = { calls: 'debug' };
  writeFileSync(gateway.configFile, JSON.stringify(config));
  gateway.child.signal('SIGUSR2');
  await gateway.child.waitFor('new levels', ({ msg }) => msg === 'log levels changed');
  await quote('AAPL', 'seen-1');
  expect(await gateway.logged('seen-1')).toMatchObject({ level: 'debug', code: 'OK' });

  writeFileSync(gateway.configFile, '{ broken');
  gateway.child.signal('SIGUSR2');
  await gateway.child.waitFor('a refusal', ({ level }) => level === 'error');
  await quote('AAPL', 'seen-2');
  expect(await gateway.logged('seen-2')).toMatchObject({ level: 'debug', code: 'OK' });
});
