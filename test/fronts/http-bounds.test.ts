import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createRawClient, type RawRequest } from './raw-http.ts';
import { createSampleTable } from './sample-table.ts';
import { type OurOptions, startOurs } from './servers.ts';

const closing: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(options: OurOptions['http'] = {}) {
  const sample = createSampleTable();
  const server = await startOurs(sample.table, { http: options });
  closing.push(server.close);
  const client = createRawClient(server.port);
  closing.push(client.close);
  return { ...sample, server, client };
}

const get = (target: string, headers: Readonly<Record<string, string>> = {}): RawRequest => ({
  method: 'GET',
  path: `/trpc/${target}`,
  headers,
  body: undefined,
});
const post = (target: string, body: string): RawRequest => ({
  ...get(target, { 'content-type': 'application/json' }),
  method: 'POST',
  body,
});

test.each([
  [
    'a URL',
    get(`sample.v1.echo.get?input=${'1'.repeat(200)}`),
    413,
    "The URL is longer than the 200 bytes allowed. Send the input in a POST (the links' methodOverride option).",
  ],
  [
    'a body',
    post('sample.v1.echo.put', `"${'x'.repeat(200)}"`),
    413,
    'The request body is larger than the 100 bytes allowed. Send fewer calls in one batch, or less in each.',
  ],
  [
    'a batch',
    get('sample.v1.echo.get,sample.v1.echo.get,sample.v1.echo.get?batch=1'),
    400,
    'Batch call exceeds maximum size: it has 3 calls and 2 are allowed. Set maxItems of the batch link to that.',
  ],
])(
  '%s over its limit is refused with what, how much and how to mend it',
  async (_, request, status, message) => {
    const { client, log } = await start({
      limits: { maxUrlBytes: 200, maxBodyBytes: 100, maxBatchLength: 2 },
    });
    const answer = await client.send(request);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).error.message).toBe(message);
    expect(log.calls).toEqual([]);
  },
);

test('a body without a length is cut off at its limit', async () => {
  const { server, log } = await start({ limits: { maxBodyBytes: 100 } });
  const outgoing = request({
    host: '127.0.0.1',
    port: server.port,
    method: 'POST',
    path: '/trpc/sample.v1.echo.put',
    headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
  });
  outgoing.on('error', () => {});
  outgoing.write(`"${'x'.repeat(300)}`);
  const [response] = await once(outgoing, 'response');
  expect(response.statusCode).toBe(413);
  response.resume();
  outgoing.destroy();
  expect(log.calls).toEqual([]);
});

test('calls over the cap are refused at once and told when to come back', async () => {
  const { client, server, until } = await start({ limits: { maxRunningCalls: 1 } });
  const hanging = client.send(get('sample.v1.slow.get?input=200'));
  await until(({ calls }) => calls.length === 1);
  const refused = await client.send(get('sample.v1.echo.get'));
  expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  expect(JSON.parse(refused.body).error.data).toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    retryAfterMs: 1000,
  });
  const batch = await client.send(get('sample.v1.echo.get,sample.v1.nothing?batch=1'));
  expect(batch.status).toBe(207);
  await hanging;
  expect(server.http.runningCalls).toBe(0);
  expect((await client.send(get('sample.v1.echo.get'))).status).toBe(200);
});

test('a caller that leaves cancels every call of its batch', async () => {
  const { server, log, until } = await start();
  const outgoing = request({
    host: '127.0.0.1',
    port: server.port,
    path: '/trpc/sample.v1.hang.get,sample.v1.hang.get,sample.v1.echo.get?batch=1',
  });
  outgoing.on('error', () => {});
  outgoing.end();
  await until(({ calls }) => calls.length === 3);
  outgoing.destroy();
  await until(({ cancelled }) => cancelled.length >= 2);
  await server.http.drain();
  expect(log.cancelled.filter((path) => path === 'sample.v1.hang.get').length).toBe(2);
});

test('a caller that leaves in the middle of its body starts no call and leaves nothing behind', async () => {
  const { server, client, log } = await start();
  const socket = connect(server.port, '127.0.0.1');
  socket.write(
    'POST /trpc/sample.v1.echo.put HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n"half',
  );
  await once(socket, 'connect');
  socket.destroy();
  await client.send(get('sample.v1.slow.get?input=20'));
  expect(log.calls.map(({ method }) => method.path)).toEqual(['sample.v1.slow.get']);
  expect(server.http.runningCalls).toBe(0);
});

test('two requests in one packet are answered in order', async () => {
  const { server } = await start();
  const socket = connect(server.port, '127.0.0.1');
  const ask = (target: string, more = '') =>
    `GET /trpc/${target} HTTP/1.1\r\nhost: x\r\n${more}\r\n`;
  socket.write(
    ask('sample.v1.slow.get?input=60') + ask('sample.v1.slow.get?input=1', 'connection: close\r\n'),
  );
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  await once(socket, 'close');
  expect([...text.matchAll(/"data":(\d+)/g)].map(([, value]) => value)).toEqual(['60', '1']);
});

test('headers of a reply that would break the answer are left out', async () => {
  const { server, client, table } = await start();
  const echo = table.get('sample.v1.echo.get');
  const replaced = new Map(table);
  if (echo?.type !== 'query') throw new Error('the sample has no echo');
  replaced.set('sample.v1.echo.get', {
    ...echo,
    handle: async () => ({
      json: '1',
      headers: [
        ['x-good', 'yes'],
        ['content-length', '7'],
        ['transfer-encoding', 'chunked'],
        ['connection', 'close'],
        ['x-bad', 'a\r\nx-forged: b'],
        ['bad name', 'x'],
      ],
    }),
  });
  closing.push(server.close);
  const other = await startOurs(replaced);
  closing.push(other.close);
  const otherClient = createRawClient(other.port);
  closing.push(otherClient.close);
  const { headers, body } = await otherClient.send(get('sample.v1.echo.get'));
  expect(body).toBe('{"result":{"data":1}}');
  expect(headers).toMatchObject({ 'x-good': 'yes', 'content-length': '21' });
  expect(Object.keys(headers)).not.toContain('x-bad');
  expect(Object.keys(headers)).not.toContain('x-forged');
  expect((await client.send(get('sample.v1.echo.get'))).status).toBe(200);
});

test.each([
  ['kept where a trusted proxy brought it', 'caller-7', true, 'caller-7'],
  ['replaced where it is not fit to be repeated', 'a b', true, expect.stringMatching(/^ours-/)],
  [
    'replaced where anybody may have made it up',
    'caller-7',
    false,
    expect.stringMatching(/^ours-/),
  ],
])('a request id of the caller is %s', async (_, given, trusted, expected) => {
  const { client, log } = await start({ peerOf: () => ({ address: '127.0.0.1', trusted }) });
  const answer = await client.send(get('sample.v1.fail.get', { 'x-request-id': given }));
  expect(answer.headers['x-request-id']).toEqual(expected);
  expect(JSON.parse(answer.body).error.data.requestId).toEqual(expected);
  expect(log.calls[0]?.id).toEqual(expected);
});

test('a fault of a handler is logged and not shown', async () => {
  const logged: unknown[] = [];
  const { client } = await start({ log: (...entry) => logged.push(entry) });
  const { body } = await client.send(get('sample.v1.crash.get'));
  expect(body).not.toContain('secret');
  expect(logged).toMatchObject([
    ['error', 'a handler failed', { path: 'sample.v1.crash.get', requestId: 'ours-1' }],
  ]);
});

test('while it drains, the last answer of a connection closes it', async () => {
  const { client, server, until } = await start();
  const running = client.send(get('sample.v1.slow.get?input=100'));
  await until(({ calls }) => calls.length === 1);
  const drained = server.http.drain();
  const late = await client.send(get('sample.v1.echo.get'));
  expect(late).toMatchObject({ status: 200, headers: { connection: 'close' } });
  expect((await running).status).toBe(200);
  await drained;
});
