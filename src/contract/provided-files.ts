import { create, fromBinary } from '@bufbuild/protobuf';
import { type FileDescriptorSet, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { PROVIDED_FILES } from './generated/provided_files.ts';
import type { NamedDescriptorSet } from './merge-descriptor-sets.ts';

/**
 * What any contract may import without bringing it, and what error details are made of, compiled when Weir was
 * built. A set that brings its own copy of a file wins, as a folder does.
 */
export function providedFiles(brought: readonly NamedDescriptorSet[]): FileDescriptorSet {
  const names = new Set(brought.flatMap(({ files }) => files.file.map(({ name }) => name)));
  const { file } = fromBinary(FileDescriptorSetSchema, Buffer.from(PROVIDED_FILES, 'base64'));
  return create(FileDescriptorSetSchema, { file: file.filter(({ name }) => !names.has(name)) });
}
