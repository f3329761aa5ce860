import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTrpcHttpFront } from '../../src/inbound/http/http-front.ts';
import { createRequestIds } from '../../src/inbound/request-id.ts';
import { portOf } from '../support/port-of.ts';
import { createSampleTable } from './sample-table.ts';

const TEXT = 'käse ✓ '.repeat(5_000);
let server: Server;
let url: string;

beforeAll(async () => {
  const { table } = createSampleTable();
  const echo = table.get('echo') ?? [...table.values()].find(({ type }) => type === 'query');
  if (echo === undefined || echo.type === 'subscription') throw new Error('no query');
  const answer = (json: string) => ({ ...echo, handle: async () => ({ json, headers: [] }) });
  const procedures = new Map([
    ['large', answer(JSON.stringify(TEXT))],
    ['small', answer('"small"')],
  ]);
  const front = createTrpcHttpFront({
    procedures: () => procedures,
    newRequestId: createRequestIds(),
  });
  server = createServer((request, response) =>
    front.handle(request, response, (request.url ?? '').slice(1)),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${portOf(server)}`;
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

test.each(['gzip', 'br', 'zstd'])('a large answer comes as %s, and is the same', async (coding) => {
  const { headers, body } = await get('large', { 'accept-encoding': coding });
  expect(headers.get('content-encoding')).toBe(coding);
  expect(headers.get('vary')).toBe('trpc-accept, accept, accept-encoding');
  expect(Number(headers.get('content-length'))).toBeLessThan(1_000);
  expect(JSON.parse(body)).toEqual({ result: { data: TEXT } });
});

test.each([
  ['a caller that accepts none', 'large', { 'accept-encoding': 'identity' }, 'accept-encoding'],
  ['a small answer', 'small', { 'accept-encoding': 'gzip' }, 'accept'],
  ['an answer in JSON lines', 'large?batch=1', { 'trpc-accept': 'application/jsonl' }, 'accept'],
])('%s gets it as it is', async (_, path, asked, vary) => {
  const { headers, body } = await get(path, asked);
  expect(headers.get('content-encoding')).toBeNull();
  expect(headers.get('vary')).toMatch(new RegExp(`${vary}$`));
  expect(body).toContain(path === 'small' ? 'small' : TEXT);
});

async function get(path: string, headers: Record<string, string>) {
  const answer = await fetch(`${url}/${path}`, { headers });
  return { headers: answer.headers, body: await answer.text() };
}
