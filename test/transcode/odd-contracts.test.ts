// Contracts that a compiler of them may let pass and that say less, or something else, than their names promise.
// On both engines.
import { create, createFileRegistry, type MessageInitShape } from '@bufbuild/protobuf';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import {
  type DescriptorProtoSchema,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from 'vitest';
import { createTranscoder } from '../../src/transcode/transcoder.ts';

const { STRING, INT32, INT64 } = FieldDescriptorProto_Type;

function codecOf(
  compiles: boolean,
  packageName: string,
  message: MessageInitShape<typeof DescriptorProtoSchema>,
  syntax: 'proto2' | 'proto3' = 'proto3',
) {
  const file = create(FileDescriptorProtoSchema, {
    name: 'odd.proto',
    package: packageName,
    syntax: syntax === 'proto2' ? '' : syntax,
    messageType: [message],
  });
  const registry = createFileRegistry(file, () => undefined);
  const descriptor = registry.getMessage(`${packageName}.${message.name}`);
  if (descriptor === undefined) throw new Error('The contract has no such message.');
  return createTranscoder(registry, { compiles }).codec(descriptor);
}

describe.each([
  ['compiled', true],
  ['interpreted', false],
])('%s', (_, compiles) => {
  describe('two fields of one JSON name, which is only a warning in proto2', () => {
    const { encode } = codecOf(
      compiles,
      'p',
      {
        name: 'M',
        field: [
          { name: 'fooBar', jsonName: 'fooBar', number: 1, type: INT32, label: 1 },
          { name: 'foo_bar', jsonName: 'fooBar', number: 2, type: INT32, label: 1 },
        ],
      },
      'proto2',
    );

    test('the name is the later field', () => {
      expect([...encode({ fooBar: 5 })]).toEqual([0x10, 5]);
    });

    test.each([
      [{ fooBar: 5, unknown: 1 }, 'a field of the message'],
      [{ fooBar: 5, foo_bar: 6 }, 'by both of its names'],
    ])('%j is refused', (json, message) => {
      expect(() => encode(json)).toThrow(message);
    });
  });

  test.each([
    [
      'StringValue',
      {
        field: [
          {
            name: 'value',
            jsonName: 'value',
            number: 1,
            type: STRING,
            label: 1 as const,
            proto3Optional: true,
            oneofIndex: 0,
          },
        ],
        oneofDecl: [{ name: '_value' }],
      },
      { value: 'text' },
    ],
    [
      'Timestamp',
      { field: [{ name: 'text', jsonName: 'text', number: 1, type: STRING, label: 1 as const }] },
      { text: 'noon' },
    ],
    [
      'Value',
      { field: [{ name: 'kind', jsonName: 'kind', number: 1, type: INT64, label: 1 as const }] },
      { kind: '7' },
    ],
    [
      'Any',
      { field: [{ name: 'url', jsonName: 'url', number: 1, type: STRING, label: 1 as const }] },
      { url: 'x' },
    ],
  ])('a %s with other fields is a message like any other', (name, message, json) => {
    const codec = codecOf(compiles, 'google.protobuf', { name, ...message });
    expect(JSON.parse(codec.decode(codec.encode(json)))).toEqual(json);
    const empty = codec.decode(new Uint8Array());
    expect(codec.decode(codec.encode(JSON.parse(empty)))).toBe(empty);
  });

  test('a message of thousands of fields', () => {
    const numbers = Array.from({ length: 5000 }, (_each, i) => i + 1);
    const field = numbers.map((number) => ({
      name: `field_${number}`,
      jsonName: `field${number}`,
      number,
      type: INT32,
      label: 1 as const,
    }));
    const { encode, decode } = codecOf(compiles, 'p', { name: 'M', field });
    const json = Object.fromEntries(numbers.map((number) => [`field${number}`, number]));
    expect(JSON.parse(decode(encode(json)))).toEqual(json);
    expect(JSON.parse(decode(new BinaryWriter().finish()))).toHaveProperty('field5000', 0);
  });
});
