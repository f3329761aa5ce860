import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TRPCError } from '@trpc/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createGateway,
  createLog,
  createLogDestination,
  createRouter,
  createRouterContext,
  type Gateway,
  loadConfig,
  ModuleLogs,
} from '../../src/index.ts';
import { type Backends, startBackends } from '../support/backends.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'weir-library-'));

let backends: Backends;
let gateway: Gateway;

beforeAll(async () => {
  backends = await startBackends();
  const file = join(folder, 'weir.yaml');
  const tree = {
    server: { port: 0 },
    contracts: [{ folder: join(ROOT, 'proto') }],
    upstreams: {
      market: { endpoints: [backends.market.address] },
      orders: { endpoints: [backends.orders.address] },
    },
    auth: { mode: 'off' },
    log: { level: 'silent' },
  };
  writeFileSync(file, JSON.stringify(tree));
  const config = loadConfig(file, {});
  const destination = createLogDestination();
  const logs = new ModuleLogs(createLog(config.log, destination), config.log, destination);
  gateway = await createGateway({ config, logs });
  await gateway.listen();
});

afterAll(async () => {
  await gateway.close();
  await backends.stop();
  rmSync(folder, { recursive: true });
});

interface Caller {
  getQuote(input: object): Promise<unknown>;
  watchQuotes(input: object): Promise<AsyncIterable<unknown>>;
}

function quoteService(): Caller {
  const context = createRouterContext({
    requestId: crypto.randomUUID(),
    wire: 'caller',
    headers: {},
    peer: { address: '127.0.0.1' },
  });
  const caller = createRouter(gateway.procedures).createCaller(context);
  // The router is made at run time, so its types know no path.
  return (caller as unknown as { market: { v1: { quoteService: Caller } } }).market.v1.quoteService;
}

test('the procedures are a router of @trpc/server, with one entry for each', () => {
  const { procedures } = createRouter(gateway.procedures)._def;
  expect(Object.keys(procedures)).toEqual([...gateway.procedures.keys()]);
});

test('createCaller asks the backend, in process', async () => {
  const quote = await quoteService().getQuote({ symbol: 'AAPL' });
  expect(quote).toMatchObject({ symbol: 'AAPL', sequence: expect.stringMatching(/^\d+$/) });
});

test('createCaller reads a stream', async () => {
  const quotes = await quoteService().watchQuotes({ symbols: ['AAPL'] });
  for await (const item of quotes) {
    expect(item).toMatchObject({ quote: { symbol: 'AAPL' } });
    break;
  }
});

test('createCaller throws what the backend said', async () => {
  const failed = quoteService().getQuote({ symbol: 'NOPE' });
  await expect(failed).rejects.toThrow(TRPCError);
  await expect(failed).rejects.toMatchObject({ code: 'NOT_FOUND', cause: { code: 'NOT_FOUND' } });
});
