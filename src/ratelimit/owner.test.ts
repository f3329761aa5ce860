import { expect, test } from 'vitest';
import { addressOwner, apiKeyOwner, subjectOwner } from './owner.ts';

test.each([
  ['192.0.2.7', 'a:192.0.2.7'],
  ['::ffff:192.0.2.7', 'a:192.0.2.7'],
  ['::ffff:c000:207', 'a:192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', 'a:2001:db8:1:2::/64'],
  ['2001:db8:1:2::1', 'a:2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002:ffff::', 'a:2001:db8:1:2::/64'],
  ['2001:db8::1', 'a:2001:db8:0:0::/64'],
  ['::1', 'a:0:0:0:0::/64'],
  ['fe80::1%eth0', 'a:fe80:0:0:0::/64'],
])('the address %s is counted as %s', (address, owner) => {
  expect(addressOwner(address)).toBe(owner);
});

test('a secret is not readable in the name of its bucket', () => {
  expect(apiKeyOwner('hunter2')).not.toContain('hunter2');
  expect(apiKeyOwner('hunter2')).toBe(apiKeyOwner('hunter2'));
  expect(apiKeyOwner('hunter2')).not.toBe(apiKeyOwner('hunter3'));
});

test('a caller cannot choose how long its name is', () => {
  expect(subjectOwner('x'.repeat(10_000)).length).toBeLessThan(40);
  expect(addressOwner('x'.repeat(10_000)).length).toBeLessThan(80);
});
