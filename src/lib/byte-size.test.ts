import { expect, test } from 'vitest';
import { parseByteSize } from './byte-size.ts';

test.each([
  ['512B', 512],
  ['64KiB', 65_536],
  ['1MiB', 1_048_576],
  ['1.5kB', 1_500],
  ['2MB', 2_000_000],
  ['1GiB', 1_073_741_824],
  ['1', undefined],
  ['1mb', undefined],
  ['-1B', undefined],
])('%s is %s bytes', (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});
