import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { getQuery, postMutation } from '../support/request.ts';
import { startCall } from '../support/stock-call.ts';
import { STOCK_LINKS } from '../support/stock-links.ts';

const FIND = 'search.v1.searchService.find';
const WATCH = 'search.v1.searchService.watch';
const MAX_DEPTH = 8;
const MAX_STRING = 2_048;

let backends: Backends;
let gateway: GatewayProcess;

beforeAll(async () => {
  backends = await startBackends();
  gateway = await startGateway(backends, {
    contracts: [{ folder: join(import.meta.dirname, 'contract') }],
    limits: { maxDepth: MAX_DEPTH, maxString: `${MAX_STRING}B` },
  });
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
});

/** Messages within messages: `depth` of them. */
function messages(depth: number): object {
  return depth === 1 ? { text: 'innermost' } : { anyOf: [messages(depth - 1)] };
}

/** An object of a Struct that holds `levels` objects within each other. */
function objects(levels: number): object {
  return levels === 1 ? {} : { in: objects(levels - 1) };
}

/** A list within lists. */
function lists(levels: number): unknown[] {
  return levels === 1 ? [] : [lists(levels - 1)];
}

const TOO_DEEP = 'expected fewer levels of messages within messages, found "more"';
const TOO_LONG = `expected at most ${MAX_STRING} characters`;
const LONG = 'x'.repeat(MAX_STRING + 1);

const REFUSED: [what: string, input: object, field: string, description: string][] = [
  ['messages', messages(MAX_DEPTH + 1), `anyOf[0]${'.anyOf[0]'.repeat(MAX_DEPTH - 1)}`, TOO_DEEP],
  [
    'thousands of messages',
    messages(3_000),
    `anyOf[0]${'.anyOf[0]'.repeat(MAX_DEPTH - 1)}`,
    TOO_DEEP,
  ],
  // One level is the request's, and each object of a Struct is a Struct within a Value.
  ['objects of a Struct', { filter: objects(5) }, 'filter["in"]["in"]["in"]["in"]', TOO_DEEP],
  ['lists of a Struct', { filter: { in: lists(4) } }, 'filter["in"][0][0][0]', TOO_DEEP],
  ['a string', { text: LONG }, 'text', TOO_LONG],
  ['bytes in base64', { fingerprint: 'A'.repeat(MAX_STRING + 4) }, 'fingerprint', TOO_LONG],
  ["a map's key", { labels: { [LONG]: 'x' } }, `labels["${LONG.slice(0, 40)}…"]`, TOO_LONG],
  ["a map's value", { labels: { desk: LONG } }, 'labels["desk"]', TOO_LONG],
  ['a string of a Struct', { filter: { in: [LONG] } }, 'filter["in"][0]', TOO_LONG],
];

const ADMITTED: [what: string, input: object][] = [
  ['messages', messages(MAX_DEPTH)],
  ['objects of a Struct', { filter: objects(4) }],
  ['a string', { text: LONG.slice(1) }],
  ['bytes in base64', { fingerprint: 'A'.repeat(MAX_STRING) }],
  ["a map's key", { labels: { [LONG.slice(1)]: 'x' } }],
  ['characters, not bytes', { text: '€'.repeat(MAX_STRING) }],
];

const FRONTS = [
  ...STOCK_LINKS.filter(({ carries }) => carries.includes('query')).map((link) => ({
    name: `a query over ${link.name}`,
    link,
    type: 'query' as const,
    path: FIND,
  })),
  ...STOCK_LINKS.filter(({ carries }) => carries.includes('subscription')).map((link) => ({
    name: `a subscription over ${link.name}`,
    link,
    type: 'subscription' as const,
    path: WATCH,
  })),
];

describe.each(FRONTS)('$name', ({ link, type, path }) => {
  test.each(REFUSED.filter(([what]) => what === 'messages' || what === 'a string'))(
    '%s beyond the bound: refused with its field',
    async (_, input, field, description) => {
      const connected = link.connect(gateway, {});
      const { message, data } = await startCall(connected, type, path, input).failure;
      expect(message).toContain(description);
      expect(data).toMatchObject({
        code: 'BAD_REQUEST',
        grpc: {
          code: 'INVALID_ARGUMENT',
          details: [
            {
              fieldViolations: [{ field, description: expect.stringContaining(description) }],
            },
          ],
        },
      });
      await connected.close();
    },
  );
});

describe.each([
  ['GET', getQuery],
  ['POST', postMutation],
])('by %s', (method, send) => {
  /** Not longer than a URL may be. */
  const fits = ([, input]: readonly [what: string, input: object, ...rest: unknown[]]) =>
    method === 'POST' || encodeURIComponent(JSON.stringify(input)).length < 12_000;

  test.each(REFUSED.filter(fits))(
    '%s beyond the bound: refused',
    async (_, input, field, description) => {
      const { status, body } = await send(gateway.trpcUrl, FIND, input);
      expect(status).toBe(400);
      expect(body).toMatchObject({
        error: {
          data: {
            grpc: {
              code: 'INVALID_ARGUMENT',
              details: [
                { fieldViolations: [{ field, description: expect.stringContaining(description) }] },
              ],
            },
          },
        },
      });
    },
  );

  test.each(ADMITTED.filter(fits))('%s at the bound: the backend is asked', async (_, input) => {
    const { body } = await send(gateway.trpcUrl, FIND, input);
    expect(body).toMatchObject({ error: { data: { grpc: { code: 'UNIMPLEMENTED' } } } });
  });
});

test('in a batch each call is refused on its own', async () => {
  const inputs = { 0: { text: LONG }, 1: { text: 'short' }, 2: messages(MAX_DEPTH + 1) };
  const paths = `${FIND},${FIND},${FIND}?batch=1`;
  const { status, body } = await postMutation(gateway.trpcUrl, paths, inputs);
  expect(status).toBe(207);
  expect(body).toMatchObject([
    { error: { data: { grpc: { code: 'INVALID_ARGUMENT' } } } },
    { error: { data: { grpc: { code: 'UNIMPLEMENTED' } } } },
    { error: { data: { grpc: { code: 'INVALID_ARGUMENT' } } } },
  ]);
});
