import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from './password-hash.ts';

test('a password verifies against its own hash only', async () => {
  const stored = await hashPassword('Geheim');
  expect(await verifyPassword('Geheim', stored)).toBe(true);
  expect(await verifyPassword('geheim', stored)).toBe(false);
  expect(await verifyPassword('', stored)).toBe(false);
});

test('the same password hashes differently each time', async () => {
  expect(await hashPassword('x')).not.toBe(await hashPassword('x'));
});

test('letters typed on two keyboards are the same password', async () => {
  expect(await verifyPassword('cafe\u0301', await hashPassword('caf\u00e9'))).toBe(true);
});

test('verifies a hash of the reference implementation, whatever its cost', async () => {
  // From test.c of github.com/P-H-C/phc-winner-argon2.
  const stored =
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  expect(await verifyPassword('password', stored)).toBe(true);
  expect(await verifyPassword('Password', stored)).toBe(false);
});

test.each(['', 'password', '$2b$10$abc', '$argon2i$v=19$m=65536,t=2,p=4$c2FsdA$aGFzaA'])(
  '%j is no hash',
  async (text) => {
    await expect(verifyPassword('x', text)).rejects.toThrow('argon2id');
  },
);
