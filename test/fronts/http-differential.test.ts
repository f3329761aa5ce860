import fc from 'fast-check';
import { afterAll, beforeAll, test } from 'vitest';
import { generatedRequest } from './generated-request.ts';
import { expectSameAnswer } from './intended-http-differences.ts';
import { createRawClient, type RawRequest } from './raw-http.ts';
import { createSampleTable } from './sample-table.ts';
import { type RunningServer, startOurs, startStock } from './servers.ts';

const MAX_BATCH = 10;
const MAX_BODY = 1_000;
const newRequestId = () => 'request-1';

/** `SEED=… npx vitest run test/fronts/http-differential` tries other requests. */
const seed = Number(process.env.SEED ?? 20_260_101);

let ours: RunningServer;
let stock: RunningServer;
let ourClient: ReturnType<typeof createRawClient>;
let stockClient: ReturnType<typeof createRawClient>;

beforeAll(async () => {
  const { table } = createSampleTable();
  ours = await startOurs(table, {
    http: { newRequestId, limits: { maxBatchLength: MAX_BATCH, maxBodyBytes: MAX_BODY } },
  });
  stock = await startStock(table, {
    newRequestId,
    maxBatchSize: MAX_BATCH,
    maxBodySize: MAX_BODY,
    sse: {
      ping: { enabled: true, intervalMs: 15_000 },
      client: { reconnectAfterInactivityMs: 45_000 },
    },
  });
  ourClient = createRawClient(ours.port);
  stockClient = createRawClient(stock.port);
});

afterAll(async () => {
  ourClient.close();
  stockClient.close();
  await ours.close();
  await stock.close();
});

async function compare(request: RawRequest): Promise<void> {
  const [our, theirs] = await Promise.all([ourClient.send(request), stockClient.send(request)]);
  expectSameAnswer(request, our, theirs);
}

const JSON_TYPE = { 'content-type': 'application/json' };

const NAMED: readonly (readonly [title: string, request: RawRequest])[] = [
  ['a query', get('sample.v1.echo.get?input=%7B%22a%22%3A1%7D')],
  ['a query without input', get('sample.v1.echo.get')],
  ['a plus for a space', get('sample.v1.echo.get?input=%22a+b%22')],
  ['broken escapes in the input', get('sample.v1.echo.get?input=%22%zz%22')],
  ['a mutation', post('sample.v1.echo.put', '{"a":1}')],
  ['a mutation with a byte order mark', post('sample.v1.echo.put', '\ufeff{"a":1}')],
  ['a query by method override', post('sample.v1.echo.get', '{"a":1}')],
  ['a mutation by GET', get('sample.v1.echo.put')],
  ['malformed JSON in the URL', get('sample.v1.echo.get?input=%7B')],
  ['malformed JSON in the body', post('sample.v1.echo.put', '{"a":')],
  ['an unknown path', get('sample.v1.nothing')],
  ['a key of Object.prototype', get('__proto__')],
  ['another key of Object.prototype', get('constructor')],
  ['a prototype key in the input', post('sample.v1.echo.put', '{"__proto__":{"admin":true}}')],
  ['a batch', get('sample.v1.echo.get,sample.v1.fail.get?batch=1&input=%7B%220%22%3A1%7D')],
  ['a batch whose input is an array', post('sample.v1.echo.put?batch=1', '[1]')],
  ['a batch of unlike procedures', get('sample.v1.echo.get,sample.v1.echo.put?batch=1')],
  ['a batch with a subscription', get('sample.v1.count.watch?batch=1')],
  ['a batch over the limit', get(`${'sample.v1.echo.get,'.repeat(MAX_BATCH)}x?batch=1`)],
  ['a body over the limit', post('sample.v1.echo.put', JSON.stringify('x'.repeat(MAX_BODY)))],
  ['a reply with headers', get('sample.v1.headers.get')],
  ['a batch of replies with headers', get('sample.v1.headers.get,sample.v1.headers.get?batch=1')],
  ['a handler that breaks', get('sample.v1.crash.get')],
  [
    'a failure that says when to try again',
    get('sample.v1.fail.get?input=%7B%22code%22%3A%22RESOURCE_EXHAUSTED%22%7D'),
  ],
  ['a subscription', get('sample.v1.count.watch?input=%7B%22length%22%3A5%7D')],
  ['a resumed subscription', get('sample.v1.tracked.watch', { 'last-event-id': '1' })],
  ['a subscription that mixes tracked and not', get('sample.v1.mixed.watch?lastEventId=5')],
  ['a subscription that is cut', get('sample.v1.cut.watch')],
  ['a subscription that is refused', get('sample.v1.refused.watch')],
  [
    'a subscription that nobody implements',
    get('sample.v1.cut.watch?input=%7B%22code%22%3A%22UNIMPLEMENTED%22%7D'),
  ],
  ['an encoded path', get('sample%2Ev1%2Eecho%2Eget')],
  ['a path with a broken escape', get('sample.v1.%zz')],
  ['a path with slashes around it', get('/sample.v1.echo.get/')],
  ['connectionParams that are no JSON', get('sample.v1.echo.get?connectionParams=x')],
  ['JSON Lines without a batch', get('sample.v1.echo.get', { 'trpc-accept': 'application/jsonl' })],
  [
    'JSON Lines',
    get('sample.v1.echo.get,sample.v1.nothing,sample.v1.slow.get?batch=1', {
      'trpc-accept': 'application/jsonl',
    }),
  ],
  ['HEAD', { ...get('sample.v1.echo.get'), method: 'HEAD' }],
];

test.each(NAMED)('%s is answered as the official adapter answers it', async (_, request) => {
  await compare(request);
});

test('thousands of generated requests are answered as the official adapter answers them', async () => {
  await fc.assert(fc.asyncProperty(generatedRequest, compare), { numRuns: 3_000, seed });
}, 240_000);

function get(target: string, headers: Readonly<Record<string, string>> = {}): RawRequest {
  return { method: 'GET', path: `/trpc/${target}`, headers, body: undefined };
}

function post(target: string, body: string): RawRequest {
  return { method: 'POST', path: `/trpc/${target}`, headers: JSON_TYPE, body };
}
