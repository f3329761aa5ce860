import { expect } from 'vitest';
import { decodeJsonLines } from './decode-json-lines.ts';
import type { RawAnswer, RawRequest } from './raw-http.ts';

/** Headers whose values a client may act on. `content-length` and `transfer-encoding` differ by design. */
const MEANINGFUL = [
  'allow',
  'cache-control',
  'content-type',
  'retry-after',
  'set-cookie',
  'vary',
  'x-accel-buffering',
  'x-request-id',
  'x-served-by',
];

interface IntendedDifference {
  readonly reason: string;
  /** True where the difference shows; then `toExpected` says what ours must be instead. */
  applies(request: RawRequest, stock: RawAnswer): boolean;
  toExpected(stock: RawAnswer, ours: RawAnswer): RawAnswer;
}

const BARE_LIMIT_MESSAGE = /"message":"(?:PAYLOAD_TOO_LARGE|Batch call exceeds maximum size)"/g;
const REQUEST_ID = 'request-1';

const INTENDED: readonly IntendedDifference[] = [
  {
    reason:
      'A request that failed before its context existed has no request id in the stock answer; ours always has one, in the body and in the header.',
    applies: (_, stock) => stock.status !== 204 && stock.headers['x-request-id'] === undefined,
    toExpected: (stock) => ({
      ...stock,
      headers: { ...stock.headers, 'x-request-id': REQUEST_ID },
      body: addRequestId(stock.body),
    }),
  },
  {
    reason:
      'The stock adapter calls such an error text/plain, though its body is JSON; ours says application/json.',
    applies: (_, stock) => stock.headers['content-type'] === 'text/plain;charset=UTF-8',
    toExpected: (stock) => ({
      ...stock,
      headers: { ...stock.headers, 'content-type': 'application/json' },
    }),
  },
  {
    reason:
      'Our messages for a limit say how large the request is, what is allowed, and how to mend it.',
    applies: (_, stock) => stock.body.search(BARE_LIMIT_MESSAGE) !== -1,
    toExpected: (stock, ours) => ({ ...stock, body: withMessagesOf(ours.body, stock.body) }),
  },
  {
    reason:
      'JSON Lines: ours sends one chunk for each call where the stock server sends three; the values are equal.',
    applies: (_, stock) => stock.body.startsWith('{"0":[[0],[null,0,0]]'),
    toExpected: (stock, ours) => {
      expect(decodeJsonLines(ours.body)).toEqual(decodeJsonLines(stock.body));
      return { ...stock, body: ours.body };
    },
  },
  {
    reason:
      'The stock server writes the resume id into the input, and loses it where the input is no object; ours carries it beside the input.',
    applies: (request, stock) =>
      stock.headers['content-type'] === 'text/event-stream' && resumesWithoutObject(request),
    toExpected: (stock, ours) => {
      expect(ours.body).toMatch(/^event: connected\n/);
      return { ...stock, body: ours.body };
    },
  },
];

function resumesWithoutObject({ method, path, headers, body }: RawRequest): boolean {
  const { searchParams } = new URL(path, 'http://localhost');
  const id =
    headers['last-event-id'] ??
    searchParams.get('lastEventId') ??
    searchParams.get('Last-Event-Id');
  const text = method === 'GET' ? searchParams.get('input') : body;
  return Boolean(id) && Boolean(text) && !/^\s*(?:\{|null)/.test(text ?? '');
}

export function expectSameAnswer(request: RawRequest, ours: RawAnswer, stock: RawAnswer): void {
  let expected = stock;
  for (const difference of INTENDED) {
    if (difference.applies(request, stock)) expected = difference.toExpected(expected, ours);
  }
  expect(meaningful(ours), `${request.method} ${request.path}`).toEqual(meaningful(expected));
}

function meaningful({ status, headers, body }: RawAnswer) {
  return {
    status,
    headers: Object.fromEntries(MEANINGFUL.map((name) => [name, headers[name]])),
    body,
  };
}

function addRequestId(body: string): string {
  const parsed = JSON.parse(body);
  for (const answer of [parsed].flat()) {
    if ('error' in answer) answer.error.data.requestId = REQUEST_ID;
  }
  return JSON.stringify(parsed);
}

/** `body` with the bare messages of the stock server replaced by those that stand in `source`. */
function withMessagesOf(source: string, body: string): string {
  const clear = /"message":"((?:The request body is|Batch call exceeds maximum size:) [^"]+)"/.exec(
    source,
  );
  return body.replaceAll(BARE_LIMIT_MESSAGE, `"message":"${clear?.[1]}"`);
}
