import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { arrivalOf, type Backends, startBackends } from '../support/backends.ts';
import { type ConfigTree, type GatewayProcess, startGateway } from '../support/gateway.ts';
import { scrape, valueOn } from '../support/metrics-page.ts';
import { getQuery } from '../support/request.ts';
import { connectTo, PinnedConnection, pidOf } from './pinned-connection.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const APPLE = { symbol: 'AAPL' };

let backends: Backends;
let gateway: GatewayProcess | undefined;

beforeAll(async () => {
  backends = await startBackends();
});
afterAll(() => backends.stop());
afterEach(() => gateway?.stop());

async function start(server: ConfigTree = {}): Promise<GatewayProcess> {
  gateway = await startGateway(backends, {
    server: { workers: 2, ...server },
    admin: { whenAuthOff: 'open' },
  });
  return gateway;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const slow = (tag: string, delayMs: number) => ({
  'x-test-tag': tag,
  'x-sample-delay-ms': `${delayMs}`,
});

test('a worker that is killed loses its own calls, and another one takes its place', async () => {
  const running = await start();
  const [first, second] = [await connectTo(running, 1), await connectTo(running, 2)];
  const pid = await pidOf(running, 1);
  const [lost, kept] = [crypto.randomUUID(), crypto.randomUUID()];
  const ofFirst = first.query(GET_QUOTE, APPLE, slow(lost, 60_000)).catch(() => 'cut');
  const ofSecond = second.query(GET_QUOTE, APPLE, slow(kept, 1_000));
  await Promise.all([arrivalOf(backends.market, lost), arrivalOf(backends.market, kept)]);

  process.kill(pid, 'SIGKILL');
  expect(await ofFirst).toBe('cut');
  await running.child.waitFor('the end of it', (line) => line.msg === 'a worker ended');
  const meanwhile = await Promise.all(
    Array.from({ length: 20 }, () => getQuery(running.trpcUrl, GET_QUOTE, APPLE)),
  );
  expect(meanwhile.map(({ status }) => status)).toEqual(new Array(20).fill(200));
  expect((await ofSecond).status).toBe(200);

  await pidOf(running, 1, pid);
  const renewed = await connectTo(running, 1);
  expect((await renewed.query(GET_QUOTE, APPLE)).status).toBe(200);
  for (const connection of [first, second, renewed]) connection.close();
  expect(await running.stop()).toBe(0);
});

test('a connection that a worker died over before it took it ends', async () => {
  const running = await start();
  const pid = await pidOf(running, 1);
  process.kill(pid, 'SIGSTOP');
  // Connections are handed out in turn, so of two one falls to the worker that does not move.
  const connections = [new PinnedConnection(running.url), new PinnedConnection(running.url)];
  const calls = connections.map((each) => each.query(GET_QUOTE, APPLE));
  expect((await Promise.any(calls)).status).toBe(200);
  process.kill(pid, 'SIGKILL');
  const outcomes = await Promise.allSettled(calls);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  for (const connection of connections) connection.close();
});

test('SIGTERM lets every worker finish its calls, and ends with 0', async () => {
  const running = await start();
  const calls = [];
  for (const worker of [1, 2]) {
    const connection = await connectTo(running, worker);
    const tag = crypto.randomUUID();
    calls.push(connection.query(GET_QUOTE, APPLE, slow(tag, 1_500)));
    await arrivalOf(backends.market, tag);
  }
  const pids = [await pidOf(running, 1), await pidOf(running, 2)];
  running.child.signal('SIGTERM');
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200]);
  expect(await running.child.exited).toBe(0);
  expect(pids.map(isAlive)).toEqual([false, false]);
});

test('a worker that hangs is killed when the grace is over, and the exit code says so', async () => {
  const running = await start({ shutdownGrace: '100ms' });
  process.kill(await pidOf(running, 2), 'SIGSTOP');
  running.child.signal('SIGTERM');
  expect(await running.child.exited).toBe(2);
  expect(running.child.text).toContain('a worker does not end; it is killed');
});

test('a worker that hangs is killed and replaced while the others serve', async () => {
  const running = await start({ workerSilence: '2s' });
  const pid = await pidOf(running, 2);
  process.kill(pid, 'SIGSTOP');
  const told = await running.child.waitFor(
    'that it is killed',
    (line) => line.msg === 'a worker says nothing; it is killed',
  );
  expect(told).toMatchObject({ level: 'error', worker: 2, pid, silenceMs: 2_000 });
  expect(await pidOf(running, 2, pid)).not.toBe(pid);
  const page = await scrape(`${running.url}/metrics`);
  expect(valueOn(page, 'weir_worker_kills_total')).toBe(1);
  expect(valueOn(page, 'weir_worker_restarts_total')).toBe(1);
  expect(await running.stop()).toBe(0);
});

test('SIGTERM to every process at once lets calls finish as well', async () => {
  const running = await start();
  const connection = await connectTo(running, 1);
  const tag = crypto.randomUUID();
  const call = connection.query(GET_QUOTE, APPLE, slow(tag, 1_500)).catch(() => 'cut');
  await arrivalOf(backends.market, tag);
  for (const worker of [1, 2]) process.kill(await pidOf(running, worker), 'SIGTERM');
  running.child.signal('SIGTERM');
  expect(await call).toMatchObject({ status: 200 });
  expect(await running.child.exited).toBe(0);
});

test('a second SIGTERM ends everything at once', async () => {
  const running = await start({ shutdownGrace: '60s' });
  const connection = await connectTo(running, 1);
  const tag = crypto.randomUUID();
  const call = connection.query(GET_QUOTE, APPLE, slow(tag, 60_000)).catch(() => 'cut');
  await arrivalOf(backends.market, tag);
  const pids = [await pidOf(running, 1), await pidOf(running, 2)];
  running.child.signal('SIGTERM');
  await running.child.waitFor('that it drains', (line) => line.msg === 'draining');
  running.child.signal('SIGTERM');
  expect(await running.child.exited).toBe('SIGTERM');
  expect(await call).toBe('cut');
  await expect.poll(() => pids.map(isAlive), { timeout: 20_000 }).toEqual([false, false]);
});

test('a worker told to stop finishes, and is replaced', async () => {
  const running = await start();
  const connection = await connectTo(running, 1);
  const tag = crypto.randomUUID();
  const call = connection.query(GET_QUOTE, APPLE, slow(tag, 500));
  await arrivalOf(backends.market, tag);
  const pid = await pidOf(running, 1);
  process.kill(pid, 'SIGTERM');
  expect((await call).status).toBe(200);
  expect(await pidOf(running, 1, pid)).not.toBe(pid);
});

test('workers do not outlive the process that started them', async () => {
  const running = await start();
  const pids = [await pidOf(running, 1), await pidOf(running, 2)];
  await running.child.kill();
  await expect.poll(() => pids.map(isAlive), { timeout: 20_000 }).toEqual([false, false]);
  gateway = undefined;
});

test('what keeps the first workers from serving is said once, with the exit code 1', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const address = holder.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const failure = await start({ port }).catch(String);
  await new Promise((resolve) => holder.close(resolve));
  expect(failure).toContain('ended with 1');
  expect(String(failure).split(`Cannot listen on 127.0.0.1:${port}`)).toHaveLength(2);
});
