import { readFileSync } from 'node:fs';
import { createFileRegistry, type FileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/** The conformance suite's messages, from a descriptor set that `buf build` wrote. */
export function loadConformanceRegistry(file: string): FileRegistry {
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(file)));
}
