import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSocket } from './raw-websocket.ts';
import { createSampleTable } from './sample-table.ts';
import { type RunningServer, startOurs, startStock } from './servers.ts';

let ours: RunningServer;
let stock: RunningServer;

beforeAll(async () => {
  const { table } = createSampleTable();
  ours = await startOurs(table);
  stock = await startStock(table);
});

afterAll(async () => {
  await ours.close();
  await stock.close();
});

const call = (id: unknown, method: string, path: string, input?: unknown, more: object = {}) => ({
  id,
  method,
  params: { path, input, ...more },
});
const query = (id: unknown, path: string, input?: unknown) => call(id, 'query', path, input);
const watch = (id: unknown, path: string, input?: unknown, more: object = {}) =>
  call(id, 'subscription', path, input, more);

/** In place of a message: wait until so many frames have come. */
class Frames {
  readonly count: number;
  constructor(count: number) {
    this.count = count;
  }
}
const frames = (count: number) => new Frames(count);

/** Sent last in every conversation; its answer tells that everything before it was dealt with. */
const END = { id: 'end', method: 'query', params: { path: 'sample.v1.slow.get', input: 20 } };

/** Frames are compared in order for each id; calls with different ids may overtake each other. */
const CONVERSATIONS: readonly (readonly [title: string, messages: readonly unknown[]])[] = [
  ['a query', [query(1, 'sample.v1.echo.get', { a: 1 })]],
  ['a query without input', [query(1, 'sample.v1.echo.get')]],
  ['a mutation', [call(1, 'mutation', 'sample.v1.echo.put', ['ä'])]],
  ['a text for an id', [query('a"b', 'sample.v1.echo.get')]],
  ['JSON-RPC 2.0', [{ ...query(1, 'sample.v1.echo.get'), jsonrpc: '2.0' }]],
  ['an array', [[query(1, 'sample.v1.echo.get'), query(2, 'sample.v1.fail.get')]]],
  ['a failure with details', [query(1, 'sample.v1.fail.get')]],
  [
    'a failure that says when to try again',
    [query(1, 'sample.v1.fail.get', { code: 'RESOURCE_EXHAUSTED' })],
  ],
  ['a handler that breaks', [query(1, 'sample.v1.crash.get')]],
  ['an unknown path', [query(1, 'sample.v1.nothing')]],
  ['a key of Object.prototype', [query(1, '__proto__')]],
  ['a procedure of another type', [call(1, 'mutation', 'sample.v1.echo.get')]],
  ['a subscription that ends', [watch(1, 'sample.v1.count.watch', { length: 4 })]],
  ['a subscription of nothing', [watch(1, 'sample.v1.count.watch', { length: 0 })]],
  ['a tracked subscription', [watch(1, 'sample.v1.tracked.watch')]],
  [
    'a resumed subscription',
    [watch(1, 'sample.v1.tracked.watch', undefined, { lastEventId: '2' })],
  ],
  [
    'a resumed subscription with input',
    [watch(1, 'sample.v1.tracked.watch', { length: 5 }, { lastEventId: '2' })],
  ],
  ['tracked items among others', [watch(1, 'sample.v1.mixed.watch')]],
  ['a subscription that is cut', [watch(1, 'sample.v1.cut.watch')]],
  ['a subscription that is refused', [watch(1, 'sample.v1.refused.watch')]],
  [
    'a subscription that nobody implements',
    [watch(1, 'sample.v1.refused.watch', { code: 'UNIMPLEMENTED' })],
  ],
  [
    'a stop',
    [watch(1, 'sample.v1.silent.watch'), frames(1), { id: 1, method: 'subscription.stop' }],
  ],
  ['a stop of nothing', [{ id: 7, method: 'subscription.stop' }]],
  [
    'an id used twice at once',
    [watch(1, 'sample.v1.silent.watch'), frames(1), watch(1, 'sample.v1.silent.watch')],
  ],
  [
    'an id used again',
    [query(1, 'sample.v1.echo.get', 1), frames(1), query(1, 'sample.v1.echo.get', 2)],
  ],
  ['PING', ['PING']],
  ['PONG', ['PONG']],
  ['no JSON', ['{']],
  ['an empty frame', ['']],
  ['a number', ['7']],
  ['null', ['null']],
  ['an object without anything', [{}]],
  ['an empty array', [[]]],
  ['an id that is an object', [query({}, 'sample.v1.echo.get')]],
  ['an id of null', [query(null, 'sample.v1.echo.get')]],
];

test.each(CONVERSATIONS)(
  '%s is answered as the official adapter answers it',
  async (_, messages) => {
    expect(await converse(ours, messages)).toEqual(await converse(stock, messages));
  },
);

test('connectionParams come first and reach the calls', async () => {
  const messages = [
    { method: 'connectionParams', data: { authorization: 'Bearer t' } },
    query(1, 'sample.v1.who.get'),
  ];
  const answers = await converse(ours, messages, '?connectionParams=1');
  expect(answers.get(1)).toEqual([
    { id: 1, result: { type: 'data', data: { authorization: 'Bearer t', forwarded: null } } },
  ]);
  expect(answers).toEqual(await converse(stock, messages, '?connectionParams=1'));
});

/**
 * Where ours answers otherwise, and why. The stock adapter answers all of these with `id: null`, which
 * clients cannot match to the call they wait for, and lets nothing else of the frame run.
 */
const INTENDED: readonly (readonly [
  reason: string,
  messages: readonly unknown[],
  ours: unknown,
])[] = [
  [
    'an error names the id of the message it is about',
    [{ id: 3, method: 'delete', params: {} }],
    [[3, 'PARSE_ERROR', 'Invalid procedure type']],
  ],
  [
    'a path that is no text',
    [call(3, 'query', 7 as unknown as string)],
    [[3, 'PARSE_ERROR', 'Invalid string']],
  ],
  [
    'params that are no object',
    [{ id: 3, method: 'query', params: 'x' }],
    [[3, 'PARSE_ERROR', 'Not an object']],
  ],
  [
    'a lastEventId that is no text',
    [watch(3, 'sample.v1.count.watch', undefined, { lastEventId: 1 })],
    [[3, 'PARSE_ERROR', 'Invalid string']],
  ],
  [
    'another version of JSON-RPC',
    [{ ...query(3, 'sample.v1.echo.get'), jsonrpc: '1.0' }],
    [[3, 'PARSE_ERROR', 'Must be JSONRPC 2.0']],
  ],
  [
    'one malformed message does not stop the others of its array',
    [[7, query(3, 'sample.v1.fail.get')]],
    [
      [null, 'PARSE_ERROR', 'Not an object'],
      [3, 'NOT_FOUND', 'No such thing.'],
    ],
  ],
  [
    'an id of a running query is taken too',
    [query(3, 'sample.v1.hang.get'), query(3, 'sample.v1.echo.get')],
    [[3, 'BAD_REQUEST', 'Duplicate id 3']],
  ],
];

test.each(INTENDED)('differs on purpose: %s', async (_, messages, expected) => {
  const answers = await converse(ours, messages);
  answers.delete('end');
  expect([...answers.values()].flat().map(summary)).toEqual(expected);
});

async function converse(server: RunningServer, messages: readonly unknown[], query = '') {
  const client = await openSocket(server.wsUrl + query);
  for (const message of messages) {
    if (message instanceof Frames) await client.until(({ length }) => length >= message.count);
    else client.send(message);
  }
  client.send(END);
  await client.until(
    (frames) => frames.filter((frame) => frame.startsWith('{"id":"end"')).length > 0,
  );
  await client.close();
  const byId = new Map<unknown, unknown[]>();
  for (const frame of client.frames) {
    const parsed = frame === 'PONG' ? frame : withoutRequestId(JSON.parse(frame));
    const id = typeof parsed === 'object' ? parsed.id : parsed;
    byId.set(id, [...(byId.get(id) ?? []), parsed]);
  }
  return byId;
}

function withoutRequestId(frame: {
  id: unknown;
  error?: { code: number; message: string; data: { requestId?: string } };
}) {
  delete frame.error?.data.requestId;
  return frame;
}

function summary(frame: unknown) {
  const { id, error } = frame as {
    id: unknown;
    error: { message: string; data: { code: string } };
  };
  return [id, error.data.code, error.message];
}
