import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  bearer,
  GET_QUOTE,
  LIST,
  login,
  postAuth,
  startSecuredGateway,
} from '../auth/support/secured-gateway.ts';
import { type Backends, startBackends } from '../support/backends.ts';
import { startGateway } from '../support/gateway.ts';
import { valueOn } from '../support/metrics-page.ts';
import { getQuery, request } from '../support/request.ts';
import { connectTo, type PinnedConnection, pidOf } from './pinned-connection.ts';

let backends: Backends;

beforeAll(async () => {
  backends = await startBackends();
});
afterAll(() => backends.stop());

/** As many connections as reach every worker, since they are handed out in turn. */
const EVERYWHERE = Array.from({ length: 6 }, (_, index) => index);
const fresh = { connection: 'close' };

test('who signs in at one worker is known to all, and who signs out to none', async () => {
  const gateway = await startSecuredGateway(backends, 'http://127.0.0.1:9/jwks', {
    server: { workers: 2 },
  });
  const { accessToken, refreshToken } = await login(gateway, 'ada');
  const everywhere = async () => {
    const statuses = new Set<number>();
    for (const _ of EVERYWHERE) {
      const headers = { ...bearer(accessToken), ...fresh };
      statuses.add((await getQuery(gateway.trpcUrl, LIST, {}, headers)).status);
    }
    return [...statuses];
  };
  expect(await everywhere()).toEqual([200]);
  const out = await postAuth(gateway, 'logout', { refreshToken });
  expect(out.status).toBe(204);
  expect(await everywhere()).toEqual([401]);

  // Nor to the worker that comes in the place of another one.
  const pid = await pidOf(gateway, 1);
  process.kill(pid, 'SIGKILL');
  await pidOf(gateway, 1, pid);
  expect(await everywhere()).toEqual([401]);
  expect(await gateway.stop()).toBe(0);
});

test('who guesses at one worker after the other is counted by all of them together', async () => {
  const gateway = await startSecuredGateway(backends, 'http://127.0.0.1:9/jwks', {
    server: { workers: 2 },
    auth: { failures: { perAddress: 3, window: '1h' } },
  });
  const { accessToken } = await login(gateway, 'ada');
  const [head, claims] = accessToken.split('.');
  const statusOf = async (token: string) => {
    const headers = { ...bearer(token), ...fresh };
    return (await getQuery(gateway.trpcUrl, LIST, {}, headers)).status;
  };
  // Two at each worker, so that neither has seen as many as it may.
  for (const guess of ['a', 'b', 'c', 'd']) {
    expect(await statusOf(`${head}.${claims}.${guess.repeat(86)}`)).toBe(401);
  }
  const everywhere = async () => {
    const statuses = new Set<number>();
    for (const _ of EVERYWHERE) statuses.add(await statusOf(accessToken));
    return [...statuses];
  };
  await expect.poll(everywhere, { timeout: 10_000 }).toEqual([429]);
  expect(await gateway.stop()).toBe(0);
});

test('workers together admit what a limit says', async () => {
  const gateway = await startGateway(backends, {
    server: { workers: 2 },
    rateLimits: { caller: { requests: 10, per: '1h', key: 'ip' } },
  });
  let admitted = 0;
  for (let made = 0; made < 40; made++) {
    const { status } = await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, fresh);
    if (status === 200) admitted += 1;
    else expect(status).toBe(429);
  }
  expect(admitted).toBe(10);
  expect(await gateway.stop()).toBe(0);
});

test('operators reach every worker by way of any', async () => {
  const gateway = await startGateway(backends, {
    server: { workers: 2 },
    admin: { whenAuthOff: 'open' },
  });
  const connections: PinnedConnection[] = [];
  for (const worker of [1, 2]) connections.push(await connectTo(gateway, worker));
  const [first, second] = connections;
  if (first === undefined || second === undefined) throw new Error('no connections');
  await first.query(GET_QUOTE, { symbol: 'AAPL' });
  const seen = await second.json('/admin/services?worker=1');
  expect(seen).toMatchObject({
    worker: 1,
    upstreams: [{ name: 'market', endpoints: [{ attempts: { OK: 1 } }] }, { name: 'orders' }],
  });
  expect(await second.json('/admin/services')).toMatchObject({
    worker: 2,
    upstreams: [{ endpoints: [{ attempts: { OK: 0 } }] }, {}],
  });
  expect(await second.send('/admin/services?worker=3')).toMatchObject({
    status: 400,
    text: expect.stringContaining('a whole number from 1 to 2'),
  });

  for (const connection of connections) {
    const { text } = await connection.send('/metrics');
    expect(valueOn(text, 'weir_calls_total', { method: GET_QUOTE, code: 'OK' })).toBe(1);
  }

  const profile = await second.json('/admin/profile?worker=1&kind=cpu&seconds=0.1');
  expect(profile).toHaveProperty('samples');
  expect(await second.json('/admin/profile?worker=1&kind=heap')).toHaveProperty('snapshot');
  expect(await second.send('/admin/profile?worker=1&kind=disk')).toMatchObject({ status: 400 });

  const json = { method: 'PUT', headers: { 'content-type': 'application/json' } };
  await second.send('/admin/log-levels', json, '{"modules":{"calls":"error"}}');
  for (const connection of connections) {
    const levels = await connection.json('/admin/log-levels');
    expect(levels).toMatchObject({ level: 'debug', modules: { calls: 'error' } });
  }
  const pid = await pidOf(gateway, 2);
  process.kill(pid, 'SIGKILL');
  await pidOf(gateway, 2, pid);
  const renewed = await connectTo(gateway, 2);
  expect(await renewed.json('/admin/log-levels')).toMatchObject({ modules: { calls: 'error' } });

  const { body } = await request(`${gateway.url}/health`);
  expect(body).toMatchObject({ status: 'ok', workers: { serving: 2, of: 2 } });
  for (const connection of [...connections, renewed]) connection.close();
  expect(await gateway.stop()).toBe(0);
});
