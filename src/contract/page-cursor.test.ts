import { create, createFileRegistry } from '@bufbuild/protobuf';
import { FieldDescriptorProto_Type, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { expect, test } from 'vitest';
import { fromPageCursor } from './page-cursor.ts';

function listMethod(jsonName: string) {
  const { STRING } = FieldDescriptorProto_Type;
  const file = create(FileDescriptorProtoSchema, {
    name: 'paged.proto',
    package: 'p',
    syntax: 'proto3',
    messageType: [
      { name: 'M', field: [{ name: 'page_token', jsonName, number: 1, type: STRING, label: 1 }] },
    ],
    service: [{ name: 'S', method: [{ name: 'List', inputType: '.p.M', outputType: '.p.M' }] }],
  });
  const method = createFileRegistry(file, () => undefined).getService('p.S')?.methods[0];
  if (method === undefined) throw new Error('The contract has no method.');
  return method;
}
const plain = listMethod('pageToken');
const renamed = listMethod('after');

test.each([
  { input: { pageSize: 5 }, request: { pageSize: 5 } },
  { input: { pageToken: 'a' }, request: { pageToken: 'a' } },
  { input: { pageSize: 5, cursor: 'a' }, request: { pageSize: 5, pageToken: 'a' } },
  { input: { cursor: 'a', direction: 'forward' }, request: { pageToken: 'a' } },
  { input: { direction: 'forward' }, request: {} },
  { input: { cursor: null, pageToken: 'a' }, request: { pageToken: 'a' } },
  { input: { cursor: 'new', pageToken: 'old' }, request: { pageToken: 'new' } },
  { input: { cursor: 'new', page_token: 'old' }, request: { pageToken: 'new' } },
  { input: undefined, request: undefined },
  { input: ['cursor'], request: ['cursor'] },
  { input: 'cursor', request: 'cursor' },
])('$input is $request', ({ input, request }) => {
  expect(fromPageCursor(input, plain)).toEqual(request);
});

test.each([
  { input: { cursor: 'new' }, request: { after: 'new' } },
  { input: { cursor: 'new', after: 'old' }, request: { after: 'new' } },
  { input: { cursor: 'new', page_token: 'old' }, request: { after: 'new' } },
])('where the contract names it otherwise in JSON, $input is $request', ({ input, request }) => {
  expect(fromPageCursor(input, renamed)).toEqual(request);
});
