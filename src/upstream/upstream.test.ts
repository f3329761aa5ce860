import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { toConfig } from '../config/load-config.ts';
import type { UpstreamConfig } from '../config/schema.ts';
import { UserError } from '../lib/user-error.ts';
import { REAL_SURROUNDINGS, type Surroundings } from './surroundings.ts';
import type { Transport } from './transport/transport.ts';
import { createUpstream } from './upstream.ts';
import type { UpstreamEvents } from './upstream-events.ts';

const EVENTS: UpstreamEvents = {
  breakerChanged() {},
  serviceBreakerChanged() {},
  healthChanged() {},
  ejected() {},
  endpointsChanged() {},
  shed() {},
  retried() {},
  hedged() {},
  retryWithheld() {},
  discovered() {},
  discoveryFailed() {},
  securityRenewed() {},
  securityFailed() {},
};

let folder: string;
let open: Set<string>;
let intervals: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-upstream-'));
  writeFileSync(join(folder, 'token'), 'secret');
  writeFileSync(join(folder, 'endpoints'), '["10.0.0.1:1", "10.0.0.2:1", "10.0.0.1:1"]');
  open = new Set();
  intervals = 0;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

/** Watches a file for its endpoints and one for its token, and asks for the health of each endpoint. */
function configure(overrides: Record<string, unknown> = {}): UpstreamConfig {
  const market = {
    discovery: { file: 'endpoints' },
    metadata: { authorization: { file: 'token' } },
    healthCheck: {},
    ...overrides,
  };
  const tree = { contracts: [{ folder: 'proto' }], upstreams: { market } };
  const config = toConfig(tree, { file: 'weir.yaml', folder }).upstreams.market;
  if (config === undefined) throw new Error('the configuration lost its upstream');
  return config;
}

function createTransport(address: string): Transport {
  open.add(address);
  return {
    unary: () => Promise.withResolvers<never>().promise,
    stream() {
      throw new Error('nobody streams here');
    },
    connect() {},
    async close() {
      open.delete(address);
    },
  };
}

const surroundings: Surroundings = {
  ...REAL_SURROUNDINGS,
  createTransport,
  every() {
    intervals++;
    return () => intervals--;
  },
};

const refuse = (what: string) => (): never => {
  throw new UserError(`${what} is refused`);
};

test.each<[string, RegExp, Record<string, unknown>, Partial<Surroundings>]>([
  [
    'an endpoint after others',
    /10\.0\.0\.2:1 is refused/,
    {},
    {
      createTransport: (address) =>
        address === '10.0.0.2:1' ? refuse(address)() : createTransport(address),
    },
  ],
  ['outlier detection', /an interval is refused/, {}, { every: refuse('an interval') }],
  ['certificates, after metadata', /none\.pem/, { tls: { ca: 'none.pem' } }, {}],
])('what was made before %s could not be is let go of', async (_, message, overrides, own) => {
  await expect(
    createUpstream({
      name: 'market',
      config: configure(overrides),
      events: EVENTS,
      surroundings: { ...surroundings, ...own },
    }),
  ).rejects.toThrow(message);
  expect(open).toEqual(new Set());
  expect(intervals).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('an upstream that was made is let go of when it is closed', async () => {
  const upstream = await createUpstream({
    name: 'market',
    config: configure(),
    events: EVENTS,
    surroundings,
  });
  expect(open).toEqual(new Set(['10.0.0.1:1', '10.0.0.2:1']));
  expect(vi.getTimerCount()).toBeGreaterThan(0);
  await upstream.close(0);
  expect(open).toEqual(new Set());
  expect(intervals).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});
