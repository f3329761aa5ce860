import { readFileSync, writeFileSync } from 'node:fs';
import {
  clearExtension,
  type DescExtension,
  fromBinary,
  fromJson,
  getExtension,
  type JsonObject,
  setExtension,
  toBinary,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema, type ServiceOptions } from '@bufbuild/protobuf/wkt';
import { contract, DESCRIPTOR_SET } from './contract.ts';

/** No other subject authenticates, limits or caches, so neither does Weir unless a scenario is about it. */
const OPEN_POLICY: JsonObject = { access: { public: true } };

/**
 * The contract with one `weir.v1.MethodPolicy` for every method in place of its own policies.
 * Written to `file` as a descriptor set.
 */
export function writeWeirContract(file: string, policy: JsonObject): void {
  const serviceOption = option('weir.v1.service');
  const methodOption = option('weir.v1.method');
  const set = fromBinary(FileDescriptorSetSchema, readFileSync(DESCRIPTOR_SET));
  for (const service of set.file.flatMap((file) => file.service)) {
    for (const { options } of service.method) if (options) clearExtension(options, methodOption);
    if (service.options) setPolicy(service.options, serviceOption, { ...OPEN_POLICY, ...policy });
  }
  writeFileSync(file, toBinary(FileDescriptorSetSchema, set));
}

function setPolicy(options: ServiceOptions, extension: DescExtension, defaults: JsonObject): void {
  const { message } = extension;
  const before: unknown = getExtension(options, extension);
  const upstream = isNamed(before) ? before.upstream : '';
  if (message === undefined || upstream === '') return;
  const registry = contract();
  setExtension(options, extension, fromJson(message, { upstream, defaults }, { registry }));
}

const isNamed = (value: unknown): value is { upstream: string } =>
  typeof value === 'object' && value !== null && 'upstream' in value;

function option(name: string): DescExtension {
  const found = contract().getExtension(name);
  if (!found) throw new Error(`The contract has no option ${name}.`);
  return found;
}
