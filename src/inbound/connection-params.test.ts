import { expect, test } from 'vitest';
import { overlayHeaders, parseConnectionParams, toConnectionParams } from './connection-params.ts';

test.each([
  ['{"Authorization":"Bearer t"}', [['authorization', 'Bearer t']]],
  ['{}', []],
  ['null', []],
  ['{"__proto__":"x"}', [['__proto__', 'x']]],
])('%s are connectionParams', (text, entries) => {
  expect([...(parseConnectionParams(text) ?? [])]).toEqual(entries);
});

test.each([['{'], [''], ['7'], ['"x"'], ['[]'], ['{"a":1}'], ['{"a":null}'], ['{"a":["b"]}']])(
  '%s are none',
  (text) => {
    expect(() => parseConnectionParams(text)).toThrow(
      expect.objectContaining({ code: 'PARSE_ERROR' }),
    );
  },
);

test('params lie over the headers of the request', () => {
  const headers = { authorization: 'Basic old', accept: '*/*' };
  const overlaid = overlayHeaders(headers, toConnectionParams({ Authorization: 'Bearer new' }));
  expect(overlaid).toEqual({ authorization: 'Bearer new', accept: '*/*' });
  expect(headers.authorization).toBe('Basic old');
});

test.each(['X-Forwarded-For', 'forwarded', 'X-Real-IP', 'Via', 'Host', 'Origin', 'Sec-Fetch-Site'])(
  '%s says where a connection came from, so the caller cannot choose it',
  (name) => {
    const headers = { [name.toLowerCase()]: 'from the proxy' };
    expect(overlayHeaders(headers, toConnectionParams({ [name]: 'forged' }))).toEqual(headers);
  },
);

test('a key of Object.prototype changes no prototype', () => {
  const params = toConnectionParams(JSON.parse('{"__proto__":"x"}'));
  expect(Object.getPrototypeOf(overlayHeaders({}, params))).toBe(Object.prototype);
});
