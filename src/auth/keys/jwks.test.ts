import { expect, test, vi } from 'vitest';
import { refusalOf } from '../../../test/auth/support/refusal-of.ts';
import { createTestKey, type TestKey } from '../../../test/auth/support/test-issuer.ts';
import { createJwks } from './jwks.ts';
import { KeySet } from './key-set.ts';

const [first, second] = [await createTestKey('ES256', 'k1'), await createTestKey('ES256', 'k2')];
const headerOf = ({ kid }: TestKey) => ({ alg: 'ES256', kid, typ: undefined });
const setOf = (...keys: TestKey[]) => new KeySet(keys.map(({ jwk }) => jwk));
const UNKNOWN = 'UNAUTHENTICATED TOKEN_KEY_UNKNOWN';
const DOWN = "UNAVAILABLE The token issuer's keys cannot be read at the moment.";

/** An issuer whose keys and health the test decides, and a clock it moves. */
function createIssuer() {
  const issuer = {
    nowMs: 0,
    keys: setOf(first),
    down: false,
    load: vi.fn(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      if (issuer.down) throw new Error('issuer down');
      return issuer.keys;
    }),
  };
  const jwks = createJwks({
    load: issuer.load,
    maxAgeMs: 600_000,
    cooldownMs: 5_000,
    staleMs: 3_600_000,
    now: () => issuer.nowMs,
  });
  const find = (key: TestKey) => refusalOf(() => jwks.find(headerOf(key), 'ES256'));
  const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
  return { issuer, find, settle };
}

test('the set is read once, by however many calls at once', async () => {
  const { issuer, find } = createIssuer();
  const outcomes = await Promise.all(Array.from({ length: 100 }, () => find(first)));
  expect(new Set(outcomes)).toEqual(new Set(['accepted']));
  expect(issuer.load).toHaveBeenCalledTimes(1);
});

test('a rotation under load fails no call and reads the set once', async () => {
  const { issuer, find } = createIssuer();
  await find(first);
  issuer.keys = setOf(first, second);
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, (_, at) => find(at % 2 === 0 ? first : second)),
  );
  expect(new Set(outcomes)).toEqual(new Set(['accepted']));
  expect(issuer.load).toHaveBeenCalledTimes(2);
});

test('invented kids make one load per cooldown', async () => {
  const { issuer, find } = createIssuer();
  await find(first);
  for (let at = 0; at < 50; at++) expect(await find(second)).toBe(UNKNOWN);
  expect(issuer.load).toHaveBeenCalledTimes(2);
  issuer.nowMs = 4_999;
  expect(await find(second)).toBe(UNKNOWN);
  expect(issuer.load).toHaveBeenCalledTimes(2);
  issuer.nowMs = 5_000;
  expect(await find(second)).toBe(UNKNOWN);
  expect(issuer.load).toHaveBeenCalledTimes(3);
});

test('an old set is refreshed behind the calls', async () => {
  const { issuer, find, settle } = createIssuer();
  await find(first);
  issuer.nowMs = 600_001;
  issuer.keys = setOf(second);
  expect(await find(first)).toBe('accepted');
  await settle();
  expect(issuer.load).toHaveBeenCalledTimes(2);
  expect(await find(second)).toBe('accepted');
  issuer.nowMs += 5_000;
  expect(await find(first)).toBe(UNKNOWN);
});

test('while the issuer is down the set at hand serves, until it is too old', async () => {
  const { issuer, find, settle } = createIssuer();
  await find(first);
  issuer.down = true;
  issuer.nowMs = 600_000 + 3_600_000;
  expect(await find(first)).toBe('accepted');
  await settle();
  issuer.nowMs += 5_001;
  expect(await find(first)).toBe(DOWN);
  issuer.down = false;
  issuer.nowMs += 5_001;
  expect(await find(first)).toBe('accepted');
});

test('an issuer that was never reached makes calls unavailable, and is asked once per cooldown', async () => {
  const { issuer, find } = createIssuer();
  issuer.down = true;
  expect(await find(first)).toBe(DOWN);
  expect(await find(first)).toBe(DOWN);
  expect(issuer.load).toHaveBeenCalledTimes(1);
  issuer.nowMs = 5_000;
  issuer.down = false;
  expect(await find(first)).toBe('accepted');
});
