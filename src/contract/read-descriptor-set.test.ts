import { create, createFileRegistry, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { expect, test } from 'vitest';
import { commentOf, placeOf } from './comment.ts';
import { readDescriptorSet } from './read-descriptor-set.ts';

const METHODS = 300;

/** One file with a service of many methods, each on a line of its own with a comment, and a commented field. */
const bytes = toBinary(
  FileDescriptorSetSchema,
  create(FileDescriptorSetSchema, {
    file: [
      {
        name: 'a.proto',
        package: 'a',
        syntax: 'proto3',
        messageType: [{ name: 'M', field: [{ name: 'id', number: 1, type: 9, label: 1 }] }],
        service: [
          {
            name: 'S',
            method: Array.from({ length: METHODS }, (_, i) => ({
              name: `Get${i}`,
              inputType: '.a.M',
              outputType: '.a.M',
            })),
          },
        ],
        sourceCodeInfo: {
          location: [
            { path: [4, 0, 2, 0], span: [1, 0, 1], leadingComments: ' The id.\n' },
            { path: [6, 0], span: [2, 0, 1], leadingComments: ' The service.\n' },
            ...Array.from({ length: METHODS }, (_, i) => ({
              path: [6, 0, 2, i],
              span: [10 + i, 0, 1],
              leadingComments: ` Gets ${i}.\n`,
            })),
            { path: [6, 0, 2, 0, 1], span: [10, 5, 9] },
          ],
        },
      },
    ],
  }),
);

test('all that a set says is read, without comments but those of methods', () => {
  const [whole] = readDescriptorSet(bytes, 'all').file;
  const [lean] = readDescriptorSet(bytes, 'methods').file;
  expect({ ...lean, sourceCodeInfo: undefined }).toEqual({ ...whole, sourceCodeInfo: undefined });
  expect(whole?.sourceCodeInfo?.location).toHaveLength(METHODS + 3);
  expect(lean?.sourceCodeInfo?.location).toEqual(whole?.sourceCodeInfo?.location.slice(2, -1));
});

test.each(['all', 'methods'] as const)('every method finds its comment and line: %s', (kept) => {
  const service = createFileRegistry(readDescriptorSet(bytes, kept)).getService('a.S');
  const found = service?.methods.map((method) => [commentOf(method), placeOf(method)]);
  expect(found).toEqual(
    Array.from({ length: METHODS }, (_, i) => [`Gets ${i}.`, `a.proto:${11 + i}`]),
  );
});

test.each(['all', 'methods'] as const)('fields without a name in JSON get theirs: %s', (kept) => {
  const text = { number: 1, type: 9, label: 1 } as const;
  const field = [
    { ...text, name: 'page_token' },
    { ...text, name: 'foo__bar_1' },
    { ...text, name: 'sort_key', jsonName: 'order' },
  ];
  const messageType = [{ name: 'M', nestedType: [{ name: 'N', field }], field }];
  const set = create(FileDescriptorSetSchema, { file: [{ name: 'a.proto', messageType }] });
  const [read] =
    readDescriptorSet(toBinary(FileDescriptorSetSchema, set), kept).file[0]?.messageType ?? [];
  for (const fields of [read?.field, read?.nestedType[0]?.field]) {
    expect(fields?.map(({ jsonName }) => jsonName)).toEqual(['pageToken', 'fooBar1', 'order']);
  }
});

test.each([
  ['a length beyond the end', [0x0a, 0x7f]],
  ['a file that ends within a field', [0x0a, 0x02, 0x4a, 0x7f]],
  ['comments that end within a field', [0x0a, 0x04, 0x4a, 0x02, 0x0a, 0x7f]],
])('bytes that are no set are refused: %s', (_, wrong) => {
  expect(() => readDescriptorSet(Uint8Array.from(wrong), 'methods')).toThrow();
});
