import { expect, test } from 'vitest';
import { retryDelayMs } from './retry-delay.ts';

const INFO = 'type.googleapis.com/google.rpc.RetryInfo';

test.each([
  ['a duration', [{ '@type': INFO, retryDelay: '1.5s' }], 1_500],
  ['at once', [{ '@type': INFO, retryDelay: '0s' }], 0],
  ['a duration below zero', [{ '@type': INFO, retryDelay: '-2s' }], undefined],
  ['no duration', [{ '@type': INFO }], undefined],
  ['no text', [{ '@type': INFO, retryDelay: 5 }], undefined],
  ['another detail', [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo' }], undefined],
  ['no details', [], undefined],
])('%s', (_, details, expected) => {
  expect(retryDelayMs(details)).toBe(expected);
});
