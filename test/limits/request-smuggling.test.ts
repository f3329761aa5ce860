import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createListener } from '../../src/inbound/listener.ts';
import { portOf } from '../support/port-of.ts';

let server: Server;
/** What the gateway would have acted on: method, target and body of each request. */
let seen: string[] = [];

beforeAll(async () => {
  const bounds = { maxHeadBytes: 16_384, headTimeoutMs: 5_000, bodyTimeoutMs: 5_000 };
  server = createListener(undefined, bounds, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('error', () => {});
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${body}`);
      response.end('ok');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

beforeEach(() => {
  seen = [];
});

/** Sends bytes as they are, and reads until the server closes the connection. */
async function send(raw: string): Promise<string> {
  const socket = connect(portOf(server), '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    answer += text;
  });
  socket.write(raw, 'latin1');
  await once(socket, 'close');
  return answer;
}

const HOST = 'Host: weir\r\n';
const SMUGGLED = 'GET /admin HTTP/1.1\r\nHost: weir\r\n\r\n';

/** Each is read as one request by some servers and as two by others, or framed in two ways at once. */
const SHAPES: readonly (readonly [title: string, raw: string])[] = [
  [
    'content-length and chunked',
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  [
    'chunked and content-length',
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\nContent-Length: 50\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  [
    'two different content-lengths',
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 0\r\nContent-Length: 40\r\n\r\n${SMUGGLED}`,
  ],
  [
    'two equal content-lengths',
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 0\r\nContent-Length: 0\r\n\r\n${SMUGGLED}`,
  ],
  [
    'a list of content-lengths',
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 0, 40\r\n\r\n${SMUGGLED}`,
  ],
  ['a signed content-length', `POST / HTTP/1.1\r\n${HOST}Content-Length: +0\r\n\r\n${SMUGGLED}`],
  ['a negative content-length', `POST / HTTP/1.1\r\n${HOST}Content-Length: -1\r\n\r\n${SMUGGLED}`],
  ['a content-length in hex', `POST / HTTP/1.1\r\n${HOST}Content-Length: 0x0\r\n\r\n${SMUGGLED}`],
  [
    'a content-length beyond 2^64',
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 18446744073709551616\r\n\r\n${SMUGGLED}`,
  ],
  [
    'a space before the colon',
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  [
    'an unknown transfer coding last',
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  [
    'chunked twice',
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  [
    'chunked misspelt',
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  [
    'a folded header',
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding:\r\n chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  [
    'a header line that begins with a space',
    `POST / HTTP/1.1\r\n ${HOST}Content-Length: 0\r\n\r\n${SMUGGLED}`,
  ],
  ['line feeds without returns', `POST / HTTP/1.1\n${HOST}Content-Length: 0\n\n${SMUGGLED}`],
  [
    'a bare return in a value',
    `POST / HTTP/1.1\r\n${HOST}X: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  ['a NUL in a value', `POST / HTTP/1.1\r\n${HOST}X: a\0b\r\nContent-Length: 0\r\n\r\n${SMUGGLED}`],
  ['a NUL in a name', `POST / HTTP/1.1\r\n${HOST}X\0: a\r\nContent-Length: 0\r\n\r\n${SMUGGLED}`],
  [
    'a chunk size that is no number',
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nG\r\n\r\n${SMUGGLED}`,
  ],
  [
    'a chunk size with a sign',
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n${SMUGGLED}`,
  ],
  [
    'a chunk size beyond 2^64',
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n\r\n${SMUGGLED}`,
  ],
  [
    'a chunk longer than it says',
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  [
    'chunks ended by line feeds',
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1\na\n0\n\n${SMUGGLED}`,
  ],
  [
    'a version that does not exist',
    `POST / HTTP/1.9\r\n${HOST}Content-Length: 0\r\n\r\n${SMUGGLED}`,
  ],
  ['a target with a space', `POST /a b HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\n${SMUGGLED}`],
];

test.each(SHAPES)('%s is refused with 400 and the connection', async (_, raw) => {
  const answer = await send(raw);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
  expect(seen.filter((request) => request.includes('/admin'))).toEqual([]);
});

test('the same two requests, framed in one way only, are two', async () => {
  await send(
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\nhi${SMUGGLED.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')}`,
  );
  expect(seen).toEqual(['POST / hi', 'GET /admin ']);
});

test('a head larger than allowed is refused with 431', async () => {
  const answer = await send(`GET / HTTP/1.1\r\n${HOST}X: ${'a'.repeat(20_000)}\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
});
