import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { chooseCoding, compress } from './content-encoding.ts';

test.each([
  [undefined, undefined],
  ['', undefined],
  ['identity', undefined],
  ['gzip', 'gzip'],
  ['GZIP', 'gzip'],
  ['gzip, deflate, br', 'br'],
  ['gzip, deflate, br, zstd', 'zstd'],
  ['gzip;q=1.0, br;q=0.5', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['*', 'zstd'],
  ['*;q=0', undefined],
  ['zstd;q=0, *', 'br'],
  ['gzip;q=nonsense', undefined],
  ['deflate', undefined],
])('accept-encoding %j is answered with %s', (header, coding) => {
  expect(chooseCoding(header)).toBe(coding);
});

test.each([
  ['gzip', gunzipSync],
  ['br', brotliDecompressSync],
  ['zstd', zstdDecompressSync],
] as const)('%s comes back as it was', async (coding, decompress) => {
  const body = JSON.stringify({ text: 'Ünïcödé '.repeat(1_000) });
  const compressed = await compress(coding, body);
  expect(compressed.length).toBeLessThan(body.length / 10);
  expect(decompress(compressed).toString()).toBe(body);
});
