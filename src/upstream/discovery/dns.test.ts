import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NameServer } from '../../../test/support/name-server.ts';
import type { EndpointTarget } from '../endpoint.ts';
import type { Discovery } from './discovery.ts';
import { createDnsDiscovery, type DnsOptions } from './dns.ts';

const HOST = 'market.test';
const SERVICE = '_grpc._tcp.market.test';

let server: NameServer;
let discovery: Discovery;
let lists: string[][];
let failures: unknown[];

beforeEach(async () => {
  server = await NameServer.start();
  lists = [];
  failures = [];
});

afterEach(async () => {
  discovery.stop();
  await server.stop();
});

async function discover(options: Partial<DnsOptions> = {}): Promise<void> {
  discovery = createDnsDiscovery({
    name: HOST,
    port: 50_051,
    template: { zone: 'a', version: '' },
    minRefreshMs: 10,
    maxRefreshMs: 60_000,
    timeoutMs: 200,
    servers: [server.address],
    random: () => 0.5,
    events: { discovered: () => {}, discoveryFailed: (error) => failures.push(error) },
    ...options,
  });
  await discovery.start((targets) => lists.push(targets.map(toText)));
}

function toText({ address, weight }: EndpointTarget): string {
  return weight === 1 ? address : `${address} × ${weight}`;
}

const listIs = (expected: readonly string[]) =>
  vi.waitFor(() => expect(lists.at(-1)).toEqual(expected), { interval: 5 });

test('every A and AAAA record is an endpoint', async () => {
  server.set('A', HOST, ['10.0.0.2', '10.0.0.1']);
  server.set('AAAA', HOST, ['fd00::1']);
  await discover();
  expect(lists).toEqual([['[fd00::1]:50051', '10.0.0.1:50051', '10.0.0.2:50051']]);
  expect(failures).toEqual([]);
});

test('SRV records bring ports and weights, and only the lowest priority serves', async () => {
  server.set('SRV', SERVICE, [
    { priority: 1, weight: 60, port: 7001, target: 'a.test' },
    { priority: 1, weight: 0, port: 7002, target: 'b.test' },
    { priority: 2, weight: 10, port: 7003, target: 'spare.test' },
  ]);
  server.set('A', 'a.test', ['10.0.0.1']);
  server.set('A', 'b.test', ['10.0.0.2']);
  server.set('A', 'spare.test', ['10.0.0.3']);
  await discover({ name: SERVICE, port: undefined });
  expect(lists).toEqual([['10.0.0.1:7001 × 60', '10.0.0.2:7002']]);
});

test('a list is told anew when its TTL is over and it changed', async () => {
  server.set('A', HOST, ['10.0.0.1'], 0);
  await discover();
  const before = server.asked.length;
  await vi.waitFor(() => expect(server.asked.length).toBeGreaterThan(before + 4), { interval: 5 });
  server.set('A', HOST, ['10.0.0.1', '10.0.0.2'], 60);
  await listIs(['10.0.0.1:50051', '10.0.0.2:50051']);
  expect(lists).toHaveLength(2);
});

test('within the TTL only failing calls make it ask again', async () => {
  server.set('A', HOST, ['10.0.0.1'], 60);
  await discover({ minRefreshMs: 1 });
  server.set('A', HOST, ['10.0.0.9'], 60);
  const before = server.asked.length;
  await vi.waitFor(() => {
    for (let call = 0; call < 100; call++) discovery.suspect();
    expect(lists.at(-1)).toEqual(['10.0.0.9:50051']);
  });
  expect(server.asked.length).toBeLessThan(before + 20);
});

test.each(['NXDOMAIN', 'SERVFAIL', 'REFUSED', 'silence'] as const)(
  '%s keeps the last list, and the next answer counts again',
  async (fault) => {
    server.set('A', HOST, ['10.0.0.1'], 0);
    await discover();
    server.fail('A', HOST, fault);
    server.fail('AAAA', HOST, fault);
    await vi.waitFor(() => expect(failures.length).toBeGreaterThanOrEqual(2), 10_000);
    expect(lists).toEqual([['10.0.0.1:50051']]);
    server.set('A', HOST, ['10.0.0.2'], 60);
    server.set('AAAA', HOST, [], 60);
    await vi.waitFor(() => expect(lists.at(-1)).toEqual(['10.0.0.2:50051']), 10_000);
  },
);

test('a fault with one kind of record leaves what that kind last said', async () => {
  server.set('A', HOST, ['10.0.0.1'], 0);
  server.set('AAAA', HOST, ['fd00::1'], 0);
  await discover();
  server.fail('AAAA', HOST, 'SERVFAIL');
  server.set('A', HOST, ['10.0.0.2'], 0);
  await listIs(['[fd00::1]:50051', '10.0.0.2:50051']);
  await vi.waitFor(() => expect(failures).not.toEqual([]));
});

test('one host of an SRV answer that does not resolve takes no other away', async () => {
  server.set('SRV', SERVICE, [
    { priority: 1, weight: 1, port: 7001, target: 'a.test' },
    { priority: 1, weight: 1, port: 7002, target: 'gone.test' },
  ]);
  server.set('A', 'a.test', ['10.0.0.1']);
  await discover({ name: SERVICE, port: undefined });
  expect(lists).toEqual([['10.0.0.1:7001']]);
});

test('a name that is not there at the start is asked for again until it is', async () => {
  await discover({ maxRefreshMs: 60_000 });
  expect(lists).toEqual([]);
  expect(failures).toEqual([new Error(`${HOST} has no address`)]);
  server.set('A', HOST, ['10.0.0.1']);
  await listIs(['10.0.0.1:50051']);
});

test('nothing is told once it was stopped, however late the answer', async () => {
  server.fail('A', HOST, 'silence');
  const started = discover({ timeoutMs: 50 });
  await vi.waitFor(() => expect(server.asked).not.toEqual([]));
  discovery.stop();
  await started;
  expect(lists).toEqual([]);
  expect(failures).toEqual([]);
});
