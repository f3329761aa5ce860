import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import {
  createFileRegistry,
  type DescMessage,
  type FileRegistry,
  fromBinary,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

const root = join(import.meta.dirname, '..', '..');

/** The contracts under `proto/`. */
export function loadSampleContracts(): FileRegistry {
  const buf = join(root, 'node_modules', '.bin', 'buf');
  const set = execFileSync(buf, ['build', '--output=-#format=binpb'], { cwd: root });
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, set));
}

export function messageOf(registry: FileRegistry, typeName: string): DescMessage {
  const found = registry.getMessage(typeName);
  if (found === undefined) throw new Error(`The sample contracts have no ${typeName}.`);
  return found;
}
