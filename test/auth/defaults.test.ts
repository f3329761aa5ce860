import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { getQuery } from '../support/request.ts';
import { GET_QUOTE } from './support/secured-gateway.ts';

/** What a gateway does that nobody told whom to trust, and one that was told to trust everybody. */

const GET_ORDER = 'orders.v1.orderService.getOrder';
let backends: Backends;
const gateways: GatewayProcess[] = [];

beforeAll(async () => {
  backends = await startBackends();
});

afterAll(async () => {
  for (const gateway of gateways) await gateway.stop();
  await backends.stop();
});

test.each([
  ['on', { public: 200, forTraders: 401, withToken: 401 }],
  ['off', { public: 200, forTraders: 404, withToken: 404 }],
])('access control %s', async (mode, expected) => {
  const gateway = await startGateway(backends, { auth: { mode } });
  gateways.push(gateway);
  const ask = async (path: string, input: object, headers = {}) =>
    (await getQuery(gateway.trpcUrl, path, input, headers)).status;
  const order = { orderId: '1' };
  expect({
    public: await ask(GET_QUOTE, { symbol: 'AAPL' }),
    forTraders: await ask(GET_ORDER, order),
    withToken: await ask(GET_ORDER, order, { authorization: 'Bearer e30.e30.AA' }),
  }).toEqual(expected);
});

test('a gateway whose access control is off says so when it starts', async () => {
  const gateway = await startGateway(backends, { auth: { mode: 'off' } });
  gateways.push(gateway);
  const said = await gateway.child.waitFor('a warning', ({ level }) => level === 'warn');
  expect(said.msg).toContain('access control is off');
});
