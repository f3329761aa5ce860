import { join } from 'node:path';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync, type MessageTypeDefinition, type PackageDefinition } from '@grpc/proto-loader';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** Folders that hold the contracts and everything they or the servers import. */
export const INCLUDE_DIRS = [
  join(ROOT, 'proto'),
  join(ROOT, 'node_modules', 'google-proto-files'),
  join(ROOT, 'node_modules', '@grpc', 'reflection', 'build', 'proto'),
];

const definitions: PackageDefinition = loadSync(
  [
    'market/v1/quote_service.proto',
    'orders/v1/order_service.proto',
    'google/rpc/status.proto',
    'google/rpc/error_details.proto',
    'grpc/reflection/v1/reflection.proto',
    'grpc/reflection/v1alpha/reflection.proto',
  ],
  {
    includeDirs: INCLUDE_DIRS,
    keepCase: true,
    longs: String,
    enums: String,
    defaults: true,
    arrays: true,
    objects: true,
    oneofs: true,
  },
);

/** @param name The full name, for example `market.v1.QuoteService`. */
export function serviceDefinition(name: string): ServiceDefinition {
  const found = definitions[name];
  if (found === undefined || 'format' in found) throw new Error(`No service ${name} in proto/`);
  return found;
}

/** @param name The full name, for example `google.rpc.Status`. */
export function messageDefinition(name: string): MessageTypeDefinition<object, object> {
  const found = definitions[name];
  if (found === undefined || !isMessage(found)) throw new Error(`No message ${name} in proto/`);
  return found;
}

function isMessage(
  definition: PackageDefinition[string],
): definition is MessageTypeDefinition<object, object> {
  return 'format' in definition && 'serialize' in definition;
}
