import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTestEndpoint } from '../../test/support/endpoint.ts';
import { startWaitingServer, type WaitingServer } from '../../test/wire/waiting-server.ts';
import type { Discovery } from './discovery/discovery.ts';
import type { Endpoint, EndpointTarget } from './endpoint.ts';
import { createEndpointPool, type EndpointPool } from './endpoint-pool.ts';
import { createHttp2Transport } from './transport/http2/http2-transport.ts';

let server: WaitingServer;
let pool: EndpointPool;
let changes: string[];
let announce: (targets: readonly EndpointTarget[]) => void;
const watched = new Set<Endpoint>();

beforeEach(async () => {
  changes = [];
  server = await startWaitingServer();
});

afterEach(async () => {
  await pool.close(0);
  expect(watched.size).toBe(0);
  server.close();
});

const discovery: Discovery = {
  async start(onTargets) {
    announce = onTargets;
  },
  suspect() {},
  stop() {},
};

async function createPool(drainMs: number): Promise<void> {
  pool = await createEndpointPool({
    discovery,
    create: (target) =>
      createTestEndpoint({
        target,
        transport: createHttp2Transport({ address: { host: '127.0.0.1', port: server.port } }),
      }),
    watch(endpoint) {
      watched.add(endpoint);
      return () => watched.delete(endpoint);
    },
    drainMs,
    onChange: (change, { address }) => changes.push(`${change} ${address}`),
  });
}

const target = (address: string): EndpointTarget => ({ address, weight: 1, zone: '', version: '' });
const addresses = () => pool.endpoints.map((endpoint) => endpoint.target.address);

function endpointAt(address: string): Endpoint {
  const found = pool.endpoints.find((endpoint) => endpoint.target.address === address);
  if (found === undefined) throw new Error(`${address} is not in the pool`);
  return found;
}

const call = ({ transport }: Endpoint, method = 'Wait') =>
  transport.unary({ rpcPath: `/test.Raw/${method}`, message: Buffer.from('hi'), metadata: [] });

test('a new list keeps who is in both, with what is known of them', async () => {
  await createPool(1_000);
  expect(addresses()).toEqual([]);
  announce([target('a:1'), target('b:1'), target('a:1')]);
  const b = endpointAt('b:1');
  const before = pool.endpoints;
  announce([target('b:1'), target('c:1')]);
  expect(addresses()).toEqual(['b:1', 'c:1']);
  expect(endpointAt('b:1')).toBe(b);
  expect(before.map((endpoint) => endpoint.target.address)).toEqual(['a:1', 'b:1']);
  expect(changes).toEqual(['added c:1', 'removed a:1']);
  expect([...watched].map((endpoint) => endpoint.target.address)).toEqual(['b:1', 'c:1']);
});

test('another weight for the same address is the same endpoint', async () => {
  await createPool(1_000);
  announce([target('a:1')]);
  const [a] = pool.endpoints;
  const before = pool.endpoints;
  announce([{ ...target('a:1'), weight: 5, version: 'v2' }]);
  expect(pool.endpoints).toEqual([a]);
  expect(pool.endpoints).not.toBe(before);
  expect(a?.target).toMatchObject({ weight: 5, version: 'v2' });
  expect(changes).toEqual(['changed a:1']);
});

test('calls and streams on a removed endpoint finish, new ones are not sent', async () => {
  await createPool(30_000);
  announce([target('a:1'), target('b:1')]);
  const removed = endpointAt('a:1');
  const running = call(removed);
  const stream = removed.transport.stream({
    rpcPath: '/test.Raw/Open',
    messages: [],
    metadata: [],
  });
  const messages = stream[Symbol.asyncIterator]();
  await messages.next();
  await vi.waitFor(() => expect(server.waiting).toHaveLength(2));

  announce([target('b:1')]);
  await expect(call(removed)).rejects.toMatchObject({ code: 'UNAVAILABLE', neverSent: true });
  for (const finish of server.waiting) finish();
  expect(Buffer.from((await running).message).toString()).toBe('hi');
  expect(await messages.next()).toMatchObject({ done: true });
});

test('a call that outlasts the drain ends with an error', async () => {
  await createPool(20);
  announce([target('a:1')]);
  const running = call(endpointAt('a:1'));
  await vi.waitFor(() => expect(server.waiting).toHaveLength(1));
  announce([]);
  await expect(running).rejects.toMatchObject({ code: 'UNAVAILABLE', neverSent: false });
});

test('closing waits for the calls of endpoints that were removed before', async () => {
  await createPool(30_000);
  announce([target('a:1')]);
  const running = call(endpointAt('a:1'));
  await vi.waitFor(() => expect(server.waiting).toHaveLength(1));
  announce([target('b:1')]);
  const closed = pool.close(0).then(() => 'closed');
  expect(await Promise.race([closed, Promise.resolve('draining')])).toBe('draining');
  for (const finish of server.waiting) finish();
  await running;
  await closed;
});

test('a list with an endpoint that cannot be made leaves the last one as it is', async () => {
  const closed: string[] = [];
  pool = await createEndpointPool({
    discovery,
    create: ({ address }) => {
      if (address === 'wrong:1') throw new RangeError('no such port');
      const transport = {
        ...createTestEndpoint().transport,
        close: async () => void closed.push(address),
      };
      return createTestEndpoint({ target: target(address), transport });
    },
    watch(endpoint) {
      if (endpoint.target.address === 'unwatched:1') throw new RangeError('no such service');
      watched.add(endpoint);
      return () => watched.delete(endpoint);
    },
    drainMs: 0,
    onChange: (change, { address }) => changes.push(`${change} ${address}`),
  });
  announce([target('a:1')]);
  expect(() => announce([target('b:1'), target('wrong:1')])).toThrow('no such port');
  expect(() => announce([target('c:1'), target('unwatched:1')])).toThrow('no such service');
  expect(addresses()).toEqual(['a:1']);
  expect([...watched].map((endpoint) => endpoint.target.address)).toEqual(['a:1']);
  expect(closed).toEqual(['b:1', 'unwatched:1', 'c:1']);
  expect(changes).toEqual([]);
});
