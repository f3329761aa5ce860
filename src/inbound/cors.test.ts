import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createCors } from './cors.ts';

const cors = createCors({
  origins: ['https://app.example', 'https://*.desk.example', 'http://localhost:*'],
  credentials: true,
  maxAgeMs: 7_200_000,
});

function ask(method: string, headers: Record<string, string>) {
  const request = new IncomingMessage(new Socket());
  request.method = method;
  Object.assign(request.headers, headers);
  const response = new ServerResponse(request);
  const done = cors.handle(request, response);
  return { done, allowed: response.getHeader('access-control-allow-origin'), response, request };
}

test.each([
  ['https://app.example', true],
  ['https://app.example.evil.example', false],
  ['https://evil-app.example', false],
  ['http://app.example', false],
  ['https://app.example:8443', false],
  ['https://fx.desk.example', true],
  ['https://a.b.desk.example', false],
  ['https://.desk.example', false],
  ['https://desk.example', false],
  ['https://evil.example/.desk.example', false],
  ['http://localhost:5173', true],
  ['http://localhost', false],
  ['http://localhost:5173.evil.example', false],
  ['null', false],
])('a page of %s: %s', (origin, expected) => {
  const { done, allowed, request } = ask('POST', { origin });
  expect(done).toBe(false);
  expect(allowed).toBe(expected ? origin : undefined);
  expect(cors.allowsUpgrade(request)).toBe(expected);
});

test('a preflight is answered, and remembered', () => {
  const { done, response } = ask('OPTIONS', {
    origin: 'https://app.example',
    'access-control-request-method': 'POST',
  });
  expect(done).toBe(true);
  expect(response.statusCode).toBe(204);
  expect(response.getHeader('access-control-allow-credentials')).toBe('true');
  expect(response.getHeader('access-control-max-age')).toBe('7200');
  expect(response.getHeader('access-control-allow-methods')).toBe('GET, POST, PUT, DELETE');
});

test.each(['authorization', 'x-csrf-token', 'traceparent', 'tracestate', 'baggage'])(
  'a page may send %s',
  (header) => {
    const { response } = ask('OPTIONS', {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
    });
    const allowed = String(response.getHeader('access-control-allow-headers')).split(', ');
    expect(allowed).toContain(header);
  },
);

test('a preflight of another origin is answered with nothing', () => {
  const { done, allowed, response } = ask('OPTIONS', {
    origin: 'https://evil.example',
    'access-control-request-method': 'POST',
  });
  expect([done, allowed]).toEqual([true, undefined]);
  expect(response.getHeader('access-control-allow-methods')).toBeUndefined();
});

test.each([
  [{ origin: 'http://weir.internal:4000', host: 'weir.internal:4000' }, true],
  [{ origin: 'http://weir.internal:4000', host: 'weir.internal:4001' }, false],
  [{ origin: 'rubbish', host: 'rubbish' }, false],
  [{ host: 'weir.internal:4000' }, true],
])('a socket with %j: %s', (headers, expected) => {
  expect(cors.allowsUpgrade(ask('GET', headers).request)).toBe(expected);
});
