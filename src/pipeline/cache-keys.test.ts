import { expect, test } from 'vitest';
import { ANONYMOUS, type Identity } from '../auth/identity.ts';
import { CacheKeys } from './cache-keys.ts';

const ADA: Identity = { ...ANONYMOUS, proof: 'jwt', issuer: 'desk', subject: 'ada' };
const BOB: Identity = { ...ADA, subject: 'bob' };

interface Caller {
  readonly identity?: Identity;
  readonly headers?: object;
  /** His own, which the backend gets to see. */
  readonly token?: string;
}

function create() {
  let generation = 'g1';
  const keys = new CacheKeys({
    contract: 'c1',
    forwardedHeaders: ['accept-language', 'x-tenant'],
    generations: { of: () => generation },
  });
  const of = (
    scope: 'public' | 'caller',
    input: unknown,
    { identity = ANONYMOUS, headers = {}, token }: Caller = {},
  ) =>
    keys.of(
      {
        method: { path: 'a.b' },
        input,
        identity,
        identityMetadata: token === undefined ? [] : [['authorization', `Bearer ${token}`]],
        headers: { ...headers },
      },
      { scope, tags: ['a.b'] },
    );
  return {
    of,
    invalidate() {
      generation = 'g2';
    },
  };
}

const frozen = Object.freeze({ symbol: 'AAPL', depth: 2 });

test.each(['public', 'caller'] as const)(
  '%s: a remembered input has the key of every equal one',
  (scope) => {
    const { of } = create();
    const key = of(scope, frozen);
    expect(key).toBeDefined();
    expect(of(scope, frozen)).toBe(key);
    expect(of(scope, { depth: 2, symbol: 'AAPL' })).toBe(key);
    expect(of(scope, Object.freeze({ symbol: 'AAPL', depth: 3 }))).not.toBe(key);
  },
);

test.each(['public', 'caller'] as const)(
  '%s: an invalidation gives a remembered input another key',
  (scope) => {
    const { of, invalidate } = create();
    const before = of(scope, frozen);
    invalidate();
    const after = of(scope, frozen);
    expect(after).not.toBe(before);
    expect(of(scope, { ...frozen })).toBe(after);
  },
);

test('a remembered input has one key for each caller and each header that backends see', () => {
  const { of } = create();
  const keys = [
    of('caller', frozen, { identity: ADA }),
    of('caller', frozen, { identity: BOB }),
    of('caller', frozen, { identity: { ...ADA, roles: ['trader'] } }),
    of('caller', frozen, { identity: ADA, headers: { 'x-tenant': 'a' } }),
    of('caller', frozen, { identity: ADA, headers: { 'accept-language': 'a' } }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(of('caller', frozen, { identity: { ...ADA }, headers: { 'x-other': 'b' } })).toBe(keys[0]);
});

test('a public answer has one key, whoever asks', () => {
  const { of } = create();
  const headers = { 'x-tenant': 'a' };
  expect(of('public', frozen, { identity: ADA, headers })).toBe(of('public', frozen));
});

test('a caller whose own token goes to the backend is answered by that token alone', () => {
  const { of } = create();
  const keys = [
    of('caller', frozen, { identity: ADA }),
    of('caller', frozen, { identity: ADA, token: 'for-tenant-a' }),
    of('caller', frozen, { identity: ADA, token: 'for-tenant-b' }),
    of('caller', frozen, { identity: { ...ADA, proof: 'apiKey' } }),
  ];
  expect(new Set(keys).size).toBe(4);
  expect(of('caller', frozen, { identity: ADA, token: 'for-tenant-a' })).toBe(keys[1]);
});
