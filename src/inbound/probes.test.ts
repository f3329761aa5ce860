import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProbes } from './probes.ts';

let draining = false;
let server: Server;
let url: string;

beforeAll(async () => {
  const answer = createProbes(() => draining);
  server = createServer((request, response) => {
    if (!answer(request, response, request.url ?? '')) response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test.each([
  ['GET', '/health/live', false, 200],
  ['GET', '/health/ready', false, 200],
  ['HEAD', '/health/ready', false, 200],
  ['POST', '/health/ready', false, 405],
  ['GET', '/health/live', true, 200],
  ['GET', '/health/ready', true, 503],
  ['GET', '/health/other', false, 404],
])('%s %s, draining: %s, is %i', async (method, path, isDraining, status) => {
  draining = isDraining;
  expect((await fetch(url + path, { method })).status).toBe(status);
});
