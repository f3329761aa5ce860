import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { assert, constantFrom, maxSafeNat, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { WireWriter } from './wire-writer.ts';

const writer = new WireWriter();

test('writes what the reference writes', () => {
  assert(
    property(string({ unit: 'binary', maxLength: 300 }), maxSafeNat(), (text, number) => {
      const outer = writer.open(9);
      writer.string(1, text);
      writer.integer(2, number);
      writer.fixed32(16, number % 2 ** 32);
      writer.close(outer);
      const reference = new BinaryWriter().tag(9, WireType.LengthDelimited).fork();
      reference.tag(1, WireType.LengthDelimited).string(text);
      reference.tag(2, WireType.Varint).uint64(number);
      reference.tag(16, WireType.Bit32).fixed32(number % 2 ** 32);
      expect(writer.take()).toEqual(reference.join().finish());
    }),
  );
});

test('takes ids as hex and times as nanoseconds, of which 256 are lost at most', () => {
  const time = 1_790_000_000_123_456_789n;
  writer.id(1, '00ff7f80');
  writer.fixed64(7, Number(time));
  const reference = new BinaryWriter();
  reference.tag(1, WireType.LengthDelimited).bytes(Uint8Array.of(0, 255, 127, 128));
  reference.tag(7, WireType.Bit64).fixed64(BigInt(Number(time)));
  expect(writer.take()).toEqual(reference.finish());
  const lost = Number(time - BigInt(Number(time)));
  expect(Math.abs(lost)).toBeLessThanOrEqual(256);
});

test('the length of a message takes as many bytes as it needs, however deep it lies', () => {
  assert(
    property(constantFrom(0, 100, 127, 128, 16_383, 16_384, 100_000, 300_000), (length) => {
      const text = 'x'.repeat(length);
      const [outer, inner] = [writer.open(1), writer.open(2)];
      writer.string(3, text);
      writer.close(inner);
      writer.integer(4, 5);
      writer.close(outer);
      const reference = new BinaryWriter().tag(1, WireType.LengthDelimited).fork();
      reference.tag(2, WireType.LengthDelimited).fork();
      reference.tag(3, WireType.LengthDelimited).string(text).join();
      reference.tag(4, WireType.Varint).uint32(5);
      expect(writer.take()).toEqual(reference.join().finish());
    }),
  );
});
