import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createFileRegistry,
  type DescMethod,
  type FileRegistry,
  fromBinary,
  fromJson,
  toBinary,
  toJsonString,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { BenchCall } from './call.ts';
import { BUILD, ROOT } from './places.ts';

/** The repository's own contracts as a `FileDescriptorSet`, imports included. */
export const DESCRIPTOR_SET = join(BUILD, 'contract.binpb');

/** Compiles `proto/` with buf from the root's packages. */
export function compileContract(): void {
  execFileSync(join(ROOT, 'node_modules/.bin/buf'), ['build', '--output', DESCRIPTOR_SET], {
    cwd: ROOT,
    stdio: 'inherit',
  });
}

let loaded: FileRegistry | undefined;

/** Every type of the contract. */
export function contract(): FileRegistry {
  if (loaded) return loaded;
  if (!existsSync(DESCRIPTOR_SET)) compileContract();
  loaded = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(DESCRIPTOR_SET)));
  return loaded;
}

/** The request message of a call in protobuf's binary form. */
export function toRequestBytes(call: BenchCall): Uint8Array {
  const { input } = findMethod(call);
  return toBinary(input, fromJson(input, call.input, { registry: contract() }));
}

/** The answer of a call, or one message of its stream, in protobuf's binary form. */
export function toAnswerBytes(call: BenchCall): Uint8Array {
  const { output } = findMethod(call);
  return toBinary(output, fromJson(output, call.output, { registry: contract() }));
}

/** The answer of a call, or one message of its stream, as canonical ProtoJSON. */
export function toAnswerJson(call: BenchCall): string {
  const { output } = findMethod(call);
  const options = { registry: contract(), alwaysEmitImplicit: true };
  return toJsonString(output, fromJson(output, call.output, options), options);
}

/** gRPC's Length-Prefixed-Message, not compressed. */
export function toFrame(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** The descriptor of the method that a call is of. */
export function findMethod({ service, method }: BenchCall): DescMethod {
  const found = contract()
    .getService(service)
    ?.methods.find(({ name }) => name === method);
  if (!found) throw new Error(`The contract has no method ${service}/${method}.`);
  return found;
}
