import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadContracts } from '../../src/contract/load-contracts.ts';
import type { Method } from '../../src/contract/method.ts';
import { createTrpcHttpFront } from '../../src/inbound/http/http-front.ts';
import { createListener } from '../../src/inbound/listener.ts';
import { createRequestIds } from '../../src/inbound/request-id.ts';
import type { Procedure } from '../../src/procedures/procedure.ts';
import { portOf } from '../support/port-of.ts';
import { getQuery } from '../support/request.ts';
import { createCertificates } from '../wire/certificates.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
/** More than the buffers of two loopback sockets hold, so that the rest waits in the gateway. */
const LARGE = JSON.stringify('x'.repeat(16_000_000));

/** Besides them the tool opens connections to see whether the server still answers. */
const CALLERS = 40;

let server: Server;
let url: string;
let dropped = 0;

beforeAll(async () => {
  const snapshot = await loadContracts([
    { folder: join(import.meta.dirname, '..', '..', 'proto') },
  ]);
  const method = snapshot.methods.get(GET_QUOTE);
  if (method === undefined) throw new Error('no method');
  const answer = (json: string): Procedure => ({
    type: 'query',
    method,
    handle: async () => ({ json, headers: [] }),
  });
  const procedures = new Map([
    ['small', answer('"small"')],
    ['large', answer(LARGE)],
    ['stream', largeStream(method)],
  ]);
  const front = createTrpcHttpFront({
    procedures: () => procedures,
    newRequestId: createRequestIds(),
    limits: { readTimeoutMs: 1_000 },
    sse: { maxDurationMs: 100 },
    onDropped: () => {
      dropped += 1;
    },
  });
  const bounds = { maxHeadBytes: 16_384, headTimeoutMs: 1_000, bodyTimeoutMs: 1_000 };
  server = createListener(undefined, bounds, (request, response) =>
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

test.each([
  ['slow headers', ['-H', '-u', '/small', '-i', '1']],
  ['a slow body', ['-B', '-u', '/small', '-i', '1', '-f', 'application/json', '-t', 'POST']],
  ['slow reading', ['-X', '-u', '/large', '-n', '1', '-z', '5', '-w', '8', '-y', '16']],
])('%s holds no connection for long, and nobody else waits', async (_, args) => {
  let opened = 0;
  const count = () => {
    opened += 1;
  };
  server.on('connection', count);
  const attack = spawn(
    'slowhttptest',
    [
      ...args.map((arg) => (arg.startsWith('/') ? url + arg : arg)),
      ...['-c', String(CALLERS), '-r', String(CALLERS), '-l', '25'],
    ],
    { stdio: 'ignore' },
  );
  const exited = once(attack, 'exit');
  try {
    await expect.poll(() => opened, { timeout: 10_000 }).toBeGreaterThanOrEqual(CALLERS);
    const { body } = await getQuery(url, 'small', {}, { connection: 'close' });
    expect(body).toEqual({ result: { data: 'small' } });
    await expect.poll(openConnections, { timeout: 20_000 }).toBe(0);
  } finally {
    server.off('connection', count);
    attack.kill();
    await exited;
  }
});

// The tool asks for neither.
test.each([
  ['JSON Lines', '/large?batch=1', 'trpc-accept: application/jsonl'],
  ['a stream that has ended', '/stream', 'accept: text/event-stream'],
])('%s that nobody reads holds no connection for long either', async (_, target, header) => {
  const closed = Promise.withResolvers<void>();
  const before = dropped;
  server.once('connection', (socket) => socket.once('close', () => closed.resolve()));
  const caller = connect(Number(new URL(url).port), '127.0.0.1');
  caller.on('error', () => {});
  caller.pause();
  const head = [`GET ${target} HTTP/1.1`, 'host: x', header];
  caller.write(`${head.join('\r\n')}\r\n\r\n`);
  await closed.promise;
  expect(dropped).toBe(before + 1);
  caller.destroy();
});

test('a TLS handshake that never ends holds no connection for long either', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-tls-'));
  const { server: identity } = createCertificates();
  const tls = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  writeFileSync(tls.certificate, identity.cert);
  writeFileSync(tls.key, identity.key);
  const bounds = { maxHeadBytes: 16_384, headTimeoutMs: 200, bodyTimeoutMs: 200 };
  const secure = createListener(tls, bounds, (_request, response) => response.end());
  rmSync(folder, { recursive: true });
  secure.listen(0, '127.0.0.1');
  await once(secure, 'listening');
  const caller = connect(portOf(secure), '127.0.0.1');
  caller.on('error', () => {});
  // The first octets of a ClientHello (RFC 8446 5.1).
  caller.write(Buffer.from([22, 3, 1]));
  await once(caller.resume(), 'close');
  secure.close();
  await once(secure, 'close');
});

function largeStream(method: Method): Procedure {
  async function* handle() {
    yield { json: LARGE, id: undefined };
  }
  return { type: 'subscription', method, handle };
}

function openConnections(): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, connections) => (error ? reject(error) : resolve(connections)));
  });
}
