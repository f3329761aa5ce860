import { expect, test } from 'vitest';
import { encodeHealthRequest, readServingStatus } from './serving-status.ts';

test.each([
  ['', ''],
  ['a', '0a0161'],
  ['x'.repeat(200), `0ac801${'78'.repeat(200)}`],
])('asks for %j', (service, hex) => {
  expect(Buffer.from(encodeHealthRequest(service)).toString('hex')).toBe(hex);
});

test.each([
  ['', 'UNKNOWN'],
  ['0800', 'UNKNOWN'],
  ['0801', 'SERVING'],
  ['0802', 'NOT_SERVING'],
  ['0803', 'SERVICE_UNKNOWN'],
  ['0809', 'UNKNOWN'],
  ['ff', 'UNKNOWN'],
])('reads %j as %s', (hex, status) => {
  expect(readServingStatus(Buffer.from(hex, 'hex'))).toBe(status);
});
