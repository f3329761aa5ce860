import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { scrape, valueOn } from '../support/metrics-page.ts';

/** What is no call has readers who stop reading as well, and its pages and files wait for them. */

const folder = mkdtempSync(join(tmpdir(), 'weir-assets-'));
const sockets: Socket[] = [];
let backends: Backends;
let gateway: GatewayProcess;

beforeAll(async () => {
  // More than the buffers of two loopback sockets hold.
  writeFileSync(join(folder, 'large.js'), 'x'.repeat(16_000_000));
  backends = await startBackends();
  gateway = await startGateway(backends, {
    assets: [{ path: '/files', folder }],
    limits: { readTimeout: '2s' },
  });
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
  rmSync(folder, { recursive: true });
});

const dropped = async () =>
  valueOn(await scrape(`${gateway.url}/metrics`), 'weir_connections_dropped_total', {
    transport: 'http',
  }) ?? 0;

test.each([
  ['a file', 'GET /files/large.js HTTP/1.1\r\nhost: x\r\n\r\n'],
  ['pages asked for one after the other', 'GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(1_000)],
])('who does not read %s loses the connection', async (_, asked) => {
  const before = await dropped();
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname, () => socket.write(asked));
  socket.on('error', () => {});
  socket.pause();
  sockets.push(socket);
  await expect.poll(dropped, { timeout: 20_000, interval: 200 }).toBe(before + 1);
});

test('who reads slowly but reads gets all of it', async () => {
  const before = await dropped();
  const response = await fetch(`${gateway.url}/files/large.js`);
  let size = 0;
  let pauses = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > pauses * 3_000_000) {
      pauses += 1;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
  expect(size).toBe(16_000_000);
  expect(pauses).toBeGreaterThan(4);
  expect(await dropped()).toBe(before);
});
