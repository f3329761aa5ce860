import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { getQuery, request } from '../support/request.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';

let backends: Backends;
let gateway: GatewayProcess;

beforeAll(async () => {
  backends = await startBackends();
  gateway = await startGateway(backends, {
    admin: { whenAuthOff: 'open' },
    log: { level: 'info', modules: { inbound: 'error' } },
  });
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
});

const profile = (query: string, init?: RequestInit) =>
  fetch(`${gateway.url}/admin/profile?${query}`, init);
const putLevels = (body: string, contentType = 'application/json') =>
  request(`${gateway.url}/admin/log-levels`, {
    method: 'PUT',
    headers: { 'content-type': contentType },
    body,
  });

test.each([
  ['kind=cpu&seconds=0.2', 'cpuprofile', 'samples'],
  ['kind=allocations&seconds=0.1', 'heapprofile', 'head'],
  ['kind=heap', 'heapsnapshot', 'snapshot'],
])('GET /admin/profile?%s is a .%s to be saved', async (query, suffix, member) => {
  const response = await profile(query);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('content-disposition')).toMatch(
    new RegExp(`^attachment; filename="weir-[\\w-]+\\.${suffix}"$`),
  );
  expect(await response.json()).toHaveProperty(member);
});

test('a second profile is refused while the first runs, and calls are served meanwhile', async () => {
  const first = profile('kind=cpu&seconds=2');
  await expect.poll(async () => (await profile('kind=cpu&seconds=0.001')).status).toBe(409);
  expect((await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' })).status).toBe(200);
  expect((await first).status).toBe(200);
});

test('a profile whose caller left is not finished', async () => {
  const leaving = new AbortController();
  const left = profile('kind=cpu&seconds=60', { signal: leaving.signal });
  await expect.poll(async () => (await profile('kind=cpu&seconds=0.001')).status).toBe(409);
  leaving.abort();
  await expect(left).rejects.toThrow(/abort/);
  await expect.poll(async () => (await profile('kind=cpu&seconds=0.001')).status).toBe(200);
});

test.each([
  ['kind=disk', '"kind" must be cpu, allocations or heap.'],
  ['', '"kind" must be cpu, allocations or heap.'],
  ['kind=cpu&seconds=0', '"seconds" must be a number above 0 and at most 60.'],
  ['kind=cpu&seconds=61', '"seconds" must be a number above 0 and at most 60.'],
  ['kind=cpu&seconds=ten', '"seconds" must be a number above 0 and at most 60.'],
])('GET /admin/profile?%s is refused: %s', async (query, message) => {
  const { status, body } = await request(`${gateway.url}/admin/profile?${query}`);
  expect([status, body]).toMatchObject([400, { error: { message } }]);
});

test('levels are changed one by one, and a part follows the common one again', async () => {
  const levels = (level: string, own: object = {}) => ({
    level,
    modules: { calls: level, upstream: level, auth: level, limits: level, inbound: level, ...own },
  });
  const before = await request(`${gateway.url}/admin/log-levels`);
  expect(before.body).toEqual(levels('info', { inbound: 'error' }));

  const changed = await putLevels('{"modules":{"calls":"debug","inbound":null}}');
  expect(changed).toMatchObject({ status: 200, body: levels('info', { calls: 'debug' }) });
  await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, { 'x-request-id': 'seen' });
  expect(await gateway.logged('seen')).toMatchObject({ level: 'debug', module: 'calls' });

  expect((await putLevels('{"level":"error","modules":{"calls":null}}')).body).toEqual(
    levels('error'),
  );
});

test.each([
  ['an unknown level', '{"level":"loud"}', 'application/json', 'not one of trace, debug, info'],
  ['an unknown part', '{"modules":{"call":"debug"}}', 'application/json', 'did you mean'],
  ['broken JSON', '{"level":', 'application/json', 'The body is not JSON.'],
  ['a form', '{}', 'text/plain', 'application/json'],
  ['too much', `"${'x'.repeat(20_000)}"`, 'application/json', 'larger than 16384 bytes'],
])('levels with %s are refused', async (_, body, contentType, message) => {
  const before = await request(`${gateway.url}/admin/log-levels`);
  const answer = await putLevels(body, contentType);
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).toContain(message);
  expect((await request(`${gateway.url}/admin/log-levels`)).body).toEqual(before.body);
});
