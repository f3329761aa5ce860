import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import { GatewayProcess } from '../support/gateway.ts';
import { getQuery } from '../support/request.ts';
import { OtlpCollector } from './otlp/collector.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const SECRET = 'HUNTER2';

let backends: Backends;
let collector: OtlpCollector;
let gateway: GatewayProcess;

beforeAll(async () => {
  backends = await startBackends();
  collector = await OtlpCollector.start();
  gateway = await GatewayProcess.start(
    { market: backends.market.address },
    {
      contracts: [{ folder: join(import.meta.dirname, 'redacted-contract') }],
      telemetry: { traces: { url: collector.url, ratio: 1, interval: '20ms' } },
      log: { level: 'trace', slow: '0ms' },
    },
  );
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await collector.stop();
  await backends.stop();
});

/** Every line and every span so far, as text. */
const written = () =>
  inspect([gateway.child.lines, collector.spans], {
    depth: null,
    maxArrayLength: null,
    maxStringLength: null,
  });

test.each([
  ['a backend that quotes it', { symbol: SECRET }, 'NOT_FOUND', '[redacted]'],
  ['a string of the wrong type', { symbol: [SECRET] }, 'INVALID_ARGUMENT', 'symbol: expected'],
  ['a number', { pin: `${SECRET}` }, 'INVALID_ARGUMENT', 'pin: expected an integer'],
  ['the key of a map', { pins: { [SECRET]: 'x' } }, 'INVALID_ARGUMENT', 'pins: something in it'],
  ['a wrapper', { password: { value: SECRET } }, 'INVALID_ARGUMENT', 'password: expected a string'],
  [
    'a message in a list',
    { credentials: [{ key: `${SECRET}!` }] },
    'INVALID_ARGUMENT',
    'credentials[0].key: expected bytes',
  ],
  [
    'a field within an Any',
    { proofs: [{ '@type': 'x/market.v1.Credential', key: `${SECRET}!` }] },
    'INVALID_ARGUMENT',
    'proofs[0].key: expected bytes',
  ],
  ['a whole message', { owner: { name: 7, [SECRET]: 1 } }, 'INVALID_ARGUMENT', 'owner: something'],
  [
    'a rule that quotes it',
    { symbol: `${SECRET}-${SECRET}-${SECRET}` },
    'INVALID_ARGUMENT',
    'not as long as [redacted]',
  ],
])('what is marked debug_redact is not told: %s', async (name, input, code, told) => {
  const requestId = name.replaceAll(' ', '-');
  const spansBefore = collector.spans.length;
  const answer = await getQuery(gateway.trpcUrl, GET_QUOTE, input, { 'x-request-id': requestId });
  expect(answer.body).toMatchObject({ error: { data: { grpc: { code } } } });
  expect(JSON.stringify(answer.body)).toContain(told);
  expect(JSON.stringify(answer.body)).not.toContain(SECRET);
  const line = await gateway.logged(requestId);
  expect(line).toMatchObject({ code });
  await collector.waitFor(spansBefore + 1, () => true);
  expect(written()).not.toContain(SECRET);
});

test('nothing of an input or an answer is in a line or a span, marked or not', async () => {
  const owner = { name: 'nobody-in-particular' };
  const requestId = 'plain';
  const input = { symbol: 'AAPL', credentials: [owner] };
  const answer = await getQuery(gateway.trpcUrl, GET_QUOTE, input, { 'x-request-id': requestId });
  expect(answer.status).toBe(200);
  await gateway.logged(requestId);
  expect(written()).not.toContain(owner.name);
  expect(written()).not.toContain('AAPL');
});
