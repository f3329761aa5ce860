import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBinary, toJson } from '@bufbuild/protobuf';
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';
import { file_buf_validate_validate } from '@bufbuild/protovalidate/gen/buf/validate/validate_pb.js';
import { expect, test } from 'vitest';
import { buildWithBuf } from '../src/contract/buf-build.ts';
import { printValidateProto } from './print-validate-proto.ts';

const PROTO = join(import.meta.dirname, '..', 'proto');

test('the file in proto/ is the one that the installed library speaks', () => {
  const file = readFileSync(join(PROTO, 'buf/validate/validate.proto'), 'utf8');
  expect(file).toBe(printValidateProto());
});

test('what is printed compiles to the descriptor it came from', async () => {
  const built = await buildWithBuf(PROTO);
  if (!built.ok) throw new Error(built.problems.map(({ message }) => message).join('\n'));
  const { file } = fromBinary(FileDescriptorSetSchema, built.image);
  const compiled = file.find(({ name }) => name === 'buf/validate/validate.proto');
  if (compiled === undefined) throw new Error('not built');
  expect(outline(compiled)).toEqual(outline(file_buf_validate_validate.proto));
});

/** Everything but options (CEL of the rules themselves), positions and the order of fields. */
function outline(file: FileDescriptorProto): unknown {
  const ignored = new Set(['options', 'sourceCodeInfo', 'syntax']);
  return JSON.parse(
    JSON.stringify(toJson(FileDescriptorProtoSchema, file), (key, value) => {
      if (ignored.has(key)) return undefined;
      if (key !== 'field') return value;
      return value.toSorted((a: { number: number }, b: { number: number }) => a.number - b.number);
    }),
  );
}
