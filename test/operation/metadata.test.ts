import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arrivalOf, type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway, TEST_HEADERS } from '../support/gateway.ts';
import { getQuery } from '../support/request.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const BYTES = Buffer.from([0, 255, 1, 254, 10, 13]).toString('base64');

let backends: Backends;
let gateway: GatewayProcess;

beforeAll(async () => {
  backends = await startBackends();
  gateway = await startGateway(backends, {
    metadata: {
      request: [...TEST_HEADERS, 'x-desk', 'x-proof-bin'],
      response: ['x-region', 'x-cost', 'x-seal-bin'],
    },
  });
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
});

/** A query, what the backend saw of it, and what came back. */
async function ask(headers: Readonly<Record<string, string>>, symbol = 'AAPL') {
  const tag = crypto.randomUUID();
  const answer = await getQuery(
    gateway.trpcUrl,
    GET_QUOTE,
    { symbol },
    { 'x-test-tag': tag, ...headers },
  );
  return { answer, arrival: await arrivalOf(backends.market, tag) };
}

describe('from the caller to the backend', () => {
  test.each([
    ['a listed header', 'x-desk', 'equities', ['equities']],
    ['a listed binary header', 'x-proof-bin', BYTES, [BYTES]],
    ['a header that is not listed', 'x-secret', 'abc', undefined],
    ['the caller’s authorization', 'authorization', 'Bearer abc', undefined],
    ['cookies', 'cookie', 'session=1', undefined],
    ['a binary header that is not listed', 'x-other-bin', BYTES, undefined],
  ])('%s', async (_, name, value, expected) => {
    const { answer, arrival } = await ask({ [name]: value });
    expect(answer.status).toBe(200);
    expect(arrival.metadata[name]).toEqual(expected);
  });
});

describe('from the backend to the caller', () => {
  test.each(['x-sample-headers', 'x-sample-trailers'])('%s, by the list', async (sent) => {
    const metadata = { 'x-region': 'eu', 'x-cost': '3', 'x-internal': 'no', 'x-seal-bin': BYTES };
    const { answer } = await ask({ [sent]: JSON.stringify(metadata) });
    const received = Object.keys(metadata).map((name) => [name, answer.headers.get(name)]);
    expect(Object.fromEntries(received)).toEqual({
      'x-region': 'eu',
      'x-cost': '3',
      'x-internal': null,
      'x-seal-bin': BYTES,
    });
  });
});

describe('request ids', () => {
  test('the caller’s own travels to the backend, the log and the error', async () => {
    const own = `desk-7:${crypto.randomUUID()}`;
    const { answer, arrival } = await ask({ 'x-request-id': own }, 'NONE');
    expect(arrival.id).toBe(own);
    expect(answer.body).toMatchObject({ error: { data: { requestId: own } } });
    expect(await gateway.logged(own)).toMatchObject({ path: GET_QUOTE, code: 'NOT_FOUND' });
  });

  test.each([['with spaces'], ['"quoted"'], ['x'.repeat(129)]])(
    'one that is not fit to be repeated is replaced: %s',
    async (own) => {
      const { answer, arrival } = await ask({ 'x-request-id': own }, 'NONE');
      expect(arrival.id).not.toBe(own);
      expect(arrival.id).toMatch(/^[\w.:-]+$/);
      expect(answer.body).toMatchObject({ error: { data: { requestId: arrival.id } } });
    },
  );

  test('calls without one get one each', async () => {
    const first = await ask({});
    const second = await ask({});
    expect(first.arrival.id).not.toBe('');
    expect(first.arrival.id).not.toBe(second.arrival.id);
  });
});
