import { expect, test } from 'vitest';
import { WeirError } from '../errors.ts';
import { FailedAttempts } from './failed-attempts.ts';
import { createMemoryAttemptCounter } from './issuer/login-attempts.ts';
import { type RefusalReason, unauthenticated } from './refusal.ts';

const ADDRESS = '203.0.113.9';

function create() {
  const clock = { now: 0 };
  const attempts = new FailedAttempts({ perAddress: 3, windowMs: 60_000, now: () => clock.now });
  const fail = (address: string, times: number, reason: RefusalReason = 'API_KEY_WRONG') => {
    for (let time = 0; time < times; time += 1) {
      attempts.note(address, unauthenticated(reason, 'wrong'));
    }
  };
  const isAdmitted = (address: string) => {
    try {
      attempts.admit(address);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
      return false;
    }
  };
  return { clock, attempts, fail, isAdmitted };
}

test('an address is refused after as many failures as it may have, until its window ends', () => {
  const { clock, attempts, fail, isAdmitted } = create();
  fail(ADDRESS, 2);
  expect(isAdmitted(ADDRESS)).toBe(true);
  clock.now = 10_000;
  fail(ADDRESS, 1);
  expect(() => attempts.admit(ADDRESS)).toThrow(expect.objectContaining({ retryAfterMs: 50_000 }));
  clock.now = 59_999;
  expect(isAdmitted(ADDRESS)).toBe(false);
  clock.now = 60_000;
  expect(isAdmitted(ADDRESS)).toBe(true);
  fail(ADDRESS, 2);
  expect(isAdmitted(ADDRESS)).toBe(true);
});

test.each([
  ['another address', '203.0.113.10', true],
  ['the same in IPv6', '::ffff:203.0.113.9', false],
])('%s', (_, address, expected) => {
  const { fail, isAdmitted } = create();
  fail(ADDRESS, 3);
  expect(isAdmitted(address)).toBe(expected);
});

test('the addresses of one host in IPv6 are one', () => {
  const { fail, isAdmitted } = create();
  for (const host of ['1', '2', '3']) fail(`2001:db8:1:1::${host}`, 1);
  expect(isAdmitted('2001:db8:1:1:ffff::9')).toBe(false);
  expect(isAdmitted('2001:db8:1:2::1')).toBe(true);
});

test.each<[RefusalReason, counts: boolean]>([
  ['TOKEN_SIGNATURE_WRONG', true],
  ['TOKEN_MALFORMED', true],
  ['API_KEY_WRONG', true],
  ['TICKET_WRONG', true],
  ['REFRESH_TOKEN_WRONG', true],
  ['TOKEN_EXPIRED', false],
  ['TOKEN_REVOKED', false],
  ['CSRF_TOKEN_WRONG', false],
])('%s counts: %s', (reason, counts) => {
  const { fail, isAdmitted } = create();
  fail(ADDRESS, 3, reason);
  expect(isAdmitted(ADDRESS)).toBe(!counts);
});

test('what is nobody’s guess does not count', async () => {
  const { attempts, isAdmitted } = create();
  const away = new WeirError('UNAVAILABLE', 'The issuer is away.');
  for (let time = 0; time < 5; time += 1) {
    await expect(attempts.guard(ADDRESS, () => Promise.reject(away))).rejects.toBe(away);
  }
  expect(isAdmitted(ADDRESS)).toBe(true);
});

test('an attempt that is refused is not made', async () => {
  const { attempts, fail } = create();
  fail(ADDRESS, 3);
  let made = 0;
  const attempt = async () => {
    made += 1;
  };
  await expect(attempts.guard(ADDRESS, attempt)).rejects.toMatchObject({
    code: 'RESOURCE_EXHAUSTED',
  });
  expect(made).toBe(0);
});

/** Lets what was told to the shared count be answered. */
const answered = () => new Promise((resolve) => setImmediate(resolve));

test('failures at other gateways count as soon as one is seen here', async () => {
  const clock = { now: 0 };
  const now = () => clock.now;
  const shared = createMemoryAttemptCounter(now);
  const options = { perAddress: 3, windowMs: 60_000, shared, now };
  const [one, two] = [new FailedAttempts(options), new FailedAttempts(options)];
  const wrong = unauthenticated('API_KEY_WRONG', 'wrong');
  for (const _ of [1, 2, 3]) one.note(ADDRESS, wrong);
  await answered();
  expect(two.refusalOf(ADDRESS)).toBeUndefined();
  clock.now = 10_000;
  two.note(ADDRESS, wrong);
  await answered();
  expect(two.refusalOf(ADDRESS)).toMatchObject({ retryAfterMs: 50_000 });
  clock.now = 60_000;
  expect([one, two].map((each) => each.refusalOf(ADDRESS))).toEqual([undefined, undefined]);
});

test('while nobody can be asked for the sum, the own count holds', async () => {
  const shared = {
    add: () => Promise.reject(new Error('away')),
    forget: () => Promise.reject(new Error('away')),
  };
  const attempts = new FailedAttempts({ perAddress: 2, windowMs: 60_000, shared });
  for (const _ of [1, 2]) attempts.note(ADDRESS, unauthenticated('API_KEY_WRONG', 'wrong'));
  await answered();
  expect(attempts.refusalOf(ADDRESS)).toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
});
