// Every way of translating that the micro benches compare, on the sample contracts.

import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createFileRegistry, fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import protobufjs from 'protobufjs';
import { createTranscoder } from '../../src/transcode/transcoder.ts';
import { ROOT } from '../places.ts';
import type { MeasuredMessage } from './transcode-messages.ts';

const require = createRequire(import.meta.url);
const descriptorSet = execFileSync(
  join(ROOT, 'node_modules/.bin/buf'),
  ['build', '--output=-#format=binpb'],
  { cwd: ROOT },
);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet));
const transcoder = createTranscoder(registry, { compiles: true });
const root = new protobufjs.Root();
root.resolvePath = (_, file) => {
  const home = file.startsWith('google/')
    ? dirname(require.resolve('protobufjs'))
    : join(ROOT, 'proto');
  return join(home, file);
};
root.loadSync(['market/v1/quote_service.proto', 'orders/v1/order_service.proto']).resolveAll();

export interface Subjects {
  readonly bytes: number;
  /** Bytes to JSON text, put together: a text that is still a tree of parts has not been paid for. */
  readonly decode: Readonly<Record<string, () => number>>;
  /** JSON text to bytes. */
  readonly encode: Readonly<Record<string, () => number>>;
}

export function subjectsOf({ typeName, json }: MeasuredMessage): Subjects {
  const message = registry.getMessage(typeName);
  if (message === undefined) throw new Error(`The sample contracts have no ${typeName}.`);
  const bytes = toBinary(message, fromJson(message, json, { registry }));
  const text = JSON.stringify(json);
  const ours = transcoder.codec(message);
  const type = root.lookupType(typeName);
  const all = { registry, alwaysEmitImplicit: true };
  const objects = { longs: String, enums: String, bytes: String, defaults: true, json: true };
  return {
    bytes: bytes.length,
    decode: {
      weir: () => Buffer.byteLength(ours.decode(bytes)),
      '@bufbuild/protobuf': () =>
        Buffer.byteLength(JSON.stringify(toJson(message, fromBinary(message, bytes), all))),
      'protobufjs (not ProtoJSON)': () =>
        Buffer.byteLength(JSON.stringify(type.toObject(type.decode(bytes), objects))),
    },
    encode: {
      weir: () => ours.encode(JSON.parse(text)).length,
      'JSON.parse alone': () => Object.keys(JSON.parse(text)).length,
      '@bufbuild/protobuf': () =>
        toBinary(message, fromJson(message, JSON.parse(text), { registry })).length,
    },
  };
}
