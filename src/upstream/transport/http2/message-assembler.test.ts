import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MessageAssembler } from './message-assembler.ts';

function prefixed(body: Uint8Array, flag = 0): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(flag, 0);
  prefix.writeUInt32BE(body.length, 1);
  return Buffer.concat([prefix, body]);
}

function assemble(pieces: readonly Buffer[], encoding = 'identity', maxBytes = 1_000) {
  const messages: Buffer[] = [];
  const assembler = new MessageAssembler(maxBytes, {
    onMessage: (message) => messages.push(Buffer.from(message)),
  });
  assembler.encoding = encoding;
  for (const piece of pieces) assembler.push(piece, 0, piece.length);
  return { messages, inMessage: assembler.inMessage };
}

test('messages come whole however their octets are cut', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 });
  fc.assert(
    fc.property(bodies, fc.array(fc.integer({ min: 1, max: 30 })), (sent, cuts) => {
      let rest = Buffer.concat(sent.map((body) => prefixed(body)));
      const pieces: Buffer[] = [];
      for (const cut of cuts) {
        pieces.push(rest.subarray(0, cut));
        rest = rest.subarray(cut);
      }
      const { messages, inMessage } = assemble([...pieces, rest]);
      expect(messages).toEqual(sent.map((body) => Buffer.from(body)));
      expect(inMessage).toBe(false);
    }),
  );
});

test.each([1, 4, 5, 8])('%i octets of a message of 4: it is not over', (octets) => {
  const { messages, inMessage } = assemble([prefixed(Buffer.alloc(4)).subarray(0, octets)]);
  expect(messages).toEqual([]);
  expect(inMessage).toBe(true);
});

test('gzip is undone, and messages without the flag stay as they are', () => {
  const body = Buffer.from('x'.repeat(500));
  const { messages } = assemble([prefixed(gzipSync(body), 1), prefixed(body)], 'gzip');
  expect(messages).toEqual([body, body]);
});

describe('what is refused', () => {
  test.each([
    ['a message above the limit', prefixed(Buffer.alloc(1_001)), 'identity', 'RESOURCE_EXHAUSTED'],
    ['a bomb', prefixed(gzipSync(Buffer.alloc(100_000)), 1), 'gzip', 'RESOURCE_EXHAUSTED'],
    ['no gzip', prefixed(Buffer.from('abc'), 1), 'gzip', 'INTERNAL'],
    ['a flag without an encoding', prefixed(Buffer.from('abc'), 1), 'identity', 'INTERNAL'],
    ['an unknown encoding', prefixed(Buffer.from('abc'), 1), 'br', 'UNIMPLEMENTED'],
    ['a flag of 2', prefixed(Buffer.from('abc'), 2), 'identity', 'INTERNAL'],
  ])('%s', (_name, octets, encoding, code) => {
    expect(() => assemble([octets], encoding)).toThrow(
      expect.objectContaining({ code, origin: 'backend' }),
    );
  });
});
