import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createTRPCClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  type TRPCLink,
} from '@trpc/client';
import type { AppRouter } from '@weir/sample-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GatewayProcess } from '../support/gateway.ts';

/** A client with a wrong URL can show what its developer needs only if the answer is a tRPC error. */

const nobody = { market: '127.0.0.1:1', orders: '127.0.0.1:1' };
let folder: string;
const gateways: Record<string, GatewayProcess> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-assets-'));
  writeFileSync(join(folder, 'index.html'), '<p>screen');
  gateways.alone = await GatewayProcess.start(nobody);
  gateways['with a page at /'] = await GatewayProcess.start(nobody, {
    assets: [{ path: '/', folder }],
  });
});

afterAll(async () => {
  for (const gateway of Object.values(gateways)) expect(await gateway.stop()).toBe(0);
  rmSync(folder, { recursive: true });
});

function urlOf(name: string): string {
  const url = gateways[name]?.url;
  if (url === undefined) throw new Error(`no gateway ${name}`);
  return url;
}

const LINKS: Readonly<Record<string, (url: string) => TRPCLink<AppRouter>>> = {
  httpLink: (url) => httpLink({ url }),
  httpBatchLink: (url) => httpBatchLink({ url }),
  httpBatchStreamLink: (url) => httpBatchStreamLink({ url }),
};

const CASES = ['alone', 'with a page at /'].flatMap((gateway) =>
  Object.keys(LINKS).map((link) => [gateway, link] as const),
);

test.each(CASES)('a gateway %s tells %s where procedures are', async (gateway, linkName) => {
  const link = LINKS[linkName]?.(`${urlOf(gateway)}/api/trpc`);
  const client = createTRPCClient<AppRouter>({ links: link === undefined ? [] : [link] });
  await expect(client.market.v1.quoteService.getQuote.query({ symbol: 'AAPL' })).rejects.toThrow(
    'Nothing is at GET /api/trpc/market.v1.quoteService.getQuote. Procedures are under /trpc/<path>.',
  );
});

test('files are served beside that, and only with GET and HEAD', async () => {
  const url = urlOf('with a page at /');
  expect(await (await fetch(`${url}/`)).text()).toBe('<p>screen');
  expect((await fetch(`${url}/`, { method: 'POST' })).status).toBe(404);
  expect((await fetch(`${url}/absent.js`)).status).toBe(404);
});
