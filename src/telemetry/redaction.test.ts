import { expect, test } from 'vitest';
import { createLog } from './log.ts';

const SECRET = 'hunter2';

function written(fields: object): string {
  let line = '';
  const to = {
    write(text: string) {
      line += text;
    },
  };
  createLog({ level: 'info', format: 'json' }, to).info(fields, 'said');
  return line;
}

test.each([
  ['authorization', { authorization: `Bearer ${SECRET}` }],
  ['authorization in headers', { headers: { authorization: `Bearer ${SECRET}` } }],
  ['authorization of a request', { request: { headers: { authorization: SECRET } } }],
  ['cookie', { headers: { cookie: `session=${SECRET}` } }],
  ['set-cookie', { response: { headers: { 'set-cookie': [SECRET] } } }],
  ['password', { body: { password: SECRET } }],
  ['token', { token: SECRET }],
  ['connectionParams', { connectionParams: { token: SECRET } }],
  ['access token', { answer: { accessToken: SECRET } }],
  ['refresh token', { answer: { refresh_token: SECRET } }],
  ['API key', { headers: { 'x-api-key': SECRET } }],
  ['CSRF token', { headers: { 'x-csrf-token': SECRET } }],
  ['ticket', { query: { ticket: SECRET } }],
])('%s is not written', (_, fields) => {
  const line = written(fields);
  expect(line).not.toContain(SECRET);
  expect(line).toContain('[redacted]');
});

test('what is no secret is written', () => {
  expect(written({ path: 'a.b', headers: { accept: 'text/plain' } })).toContain('text/plain');
});
