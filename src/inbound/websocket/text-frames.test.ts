import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { encodeTextFrames } from './text-frames.ts';

// @types/ws leaves it out.
const Receiver: new (options: { isServer: boolean; allowSynchronousEvents: boolean }) => Writable =
  createRequire(import.meta.url)('ws').Receiver;

/** What the receiving half of `ws` reads. */
function decode(bytes: Buffer): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const receiver = new Receiver({ isServer: false, allowSynchronousEvents: true });
    const texts: string[] = [];
    receiver.on('message', (data: Buffer, isBinary: boolean) => {
      texts.push(isBinary ? 'binary' : data.toString());
    });
    receiver.on('error', reject);
    receiver.write(bytes, () => resolve(texts));
  });
}

test.each([
  ['nothing', ['']],
  ['short', ['{"id":1}']],
  ['two bytes of length from 126', ['x'.repeat(125), 'x'.repeat(126), 'x'.repeat(127)]],
  ['eight bytes of length from 65,536', ['x'.repeat(65_535), 'x'.repeat(65_536)]],
  ['more bytes than characters', ['ä'.repeat(63), '✓€😀', 'ä'.repeat(40_000)]],
  ['a lone surrogate, which becomes U+FFFD', ['\ufffd']],
])('%s', async (_, texts) => {
  expect(await decode(encodeTextFrames(texts))).toEqual(texts);
});

test('a lone surrogate never makes invalid UTF-8', async () => {
  expect(await decode(encodeTextFrames(['a\ud800b']))).toEqual(['a\ufffdb']);
});
