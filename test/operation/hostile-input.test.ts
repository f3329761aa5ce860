import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { getQuery, postMutation } from '../support/request.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const LIST = 'market.v1.quoteService.listInstruments';
const PLACE_ORDER = 'orders.v1.orderService.placeOrder';

let backends: Backends;
let gateway: GatewayProcess;

beforeAll(async () => {
  backends = await startBackends();
  gateway = await startGateway(backends);
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
});

/** The whole answer to what no HTTP client would send. */
async function exchange(request: string): Promise<string> {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  // A header's value is Latin-1 on the wire (RFC 9110 5.5).
  socket.write(Buffer.from(request, 'latin1'));
  return text(socket);
}

const QUOTE = `/trpc/${GET_QUOTE}?input=${encodeURIComponent('{"symbol":"AAPL"}')}`;
const JSON_TYPE = 'content-type: application/json';

test.each([
  [`GET ${QUOTE}`, 'x-test-tag: caf\u00e9', 400, 'The header x-test-tag has characters'],
  [`GET ${QUOTE}`, 'grpc-timeout: 1S\r\ngrpc-timeout: 2S', 400, 'The header grpc-timeout is'],
  [`GET ${QUOTE}`, 'grpc-timeout: 0n', 504, 'The deadline had already passed.'],
  [`HEAD ${QUOTE}`, JSON_TYPE, 204, ''],
  [`DELETE ${QUOTE}`, JSON_TYPE, 405, 'METHOD_NOT_SUPPORTED'],
  ['GET /trpc/no.such', JSON_TYPE, 404, 'No procedure found on path'],
  ['GET /trpc/constructor', JSON_TYPE, 404, 'No procedure found on path'],
  ['GET /nowhere', JSON_TYPE, 404, 'Procedures are under /trpc/<path>'],
  ['POST /health', 'content-length: 0', 405, 'allow: GET, HEAD'],
  ['HEAD /health', JSON_TYPE, 200, 'application/json'],
  ['\u0016\u0003\u0001', JSON_TYPE, 400, ''],
])('%j with %j is answered with %i', async (line, header, status, content) => {
  const answer = await exchange(
    `${line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${header}\r\n\r\n`,
  );
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).toContain(content);
  expect(answer).not.toMatch(/\n\s+at |node_modules/);
});

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = { child: value };
  return value;
}

test.each([
  ['a prototype', GET_QUOTE, JSON.parse('{"__proto__":{"symbol":"AAPL"}}'), '__proto__'],
  ['a member of every object', GET_QUOTE, { constructor: 1 }, 'constructor'],
  ['a list', GET_QUOTE, [], 'market.v1.GetQuoteRequest'],
  ['an integer beyond its type', LIST, { pageSize: 2 ** 31 }, 'pageSize'],
  ['half an integer', LIST, { pageSize: 1.5 }, 'pageSize'],
  ['a cursor of another type', LIST, { cursor: {} }, 'pageToken'],
  ['half a character', GET_QUOTE, { symbol: '\ud800' }, 'symbol'],
  ['a text for an object', PLACE_ORDER, { limit: 'x' }, 'limit'],
  ['5000 levels', PLACE_ORDER, { limit: nested(5_000) }, 'limit.child'],
])('%s is BAD_REQUEST and names its place', async (_, path, input, place) => {
  const send = path === PLACE_ORDER ? postMutation : getQuery;
  const { status, body } = await send(gateway.trpcUrl, path, input);
  expect(status).toBe(400);
  expect(body).toMatchObject({
    error: {
      message: expect.stringContaining(place),
      data: { code: 'BAD_REQUEST', grpc: { code: 'INVALID_ARGUMENT' } },
    },
  });
});

test('neither credentials nor inputs are in the log', async () => {
  const input = { symbol: 'AAPL', quantity: 'hunter2', note: 'hunter2' };
  const answer = await postMutation(gateway.trpcUrl, PLACE_ORDER, input, {
    authorization: 'Bearer hunter2',
    cookie: 'session=hunter2',
    'x-request-id': 'secrets-1',
  });
  expect(answer.status).toBe(400);
  const line = await gateway.logged('secrets-1');
  expect(line).toMatchObject({ code: 'INVALID_ARGUMENT', fields: ['quantity'] });
  expect(gateway.child.text).not.toContain('hunter2');
});
