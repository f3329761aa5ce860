import { isReservedMetadata } from '../auth/backend-identity.ts';
import type { Config } from '../config/schema.ts';
import { WeirError } from '../errors.ts';
import { UserError } from '../lib/user-error.ts';
import type { PermittedCall } from '../pipeline/permitted-call.ts';
import type { Metadata } from '../upstream/transport/transport.ts';

/** Which headers travel between callers and backends. All others stop at Weir. */
export interface MetadataRules {
  toBackend(call: PermittedCall): Metadata;
  toCaller(headers: Metadata, trailers: Metadata): Metadata;
}

const NONE: Metadata = [];

/** PROTOCOL-HTTP2, "ASCII-Value"; HTTP itself lets bytes above it through. */
const ASCII_VALUE = /^[\x20-\x7e]*$/;

/** @throws WeirError INVALID_ARGUMENT, because the transport would take it for a fault of Weir's own. */
function toMetadataValue(name: string, value: string): string {
  if (ASCII_VALUE.test(value)) return value;
  throw new WeirError(
    'INVALID_ARGUMENT',
    `The header ${name} has characters that are not printable ASCII, which gRPC metadata cannot carry.`,
  );
}

/** @throws UserError where the list would let a caller write what backends take as Weir's word. */
export function createMetadataRules(config: Config['metadata']): MetadataRules {
  const { request } = config;
  const response = new Set(config.response);
  const reserved = request.filter(isReservedMetadata);
  if (reserved.length > 0) {
    throw new UserError(
      'metadata.request names headers that backends trust, and that a caller could forge:',
      reserved.map((name) => `${name}: take it off the list; Weir tells backends who calls itself`),
    );
  }

  function toBackend(call: PermittedCall): Metadata {
    const metadata: [string, string][] = [['x-request-id', call.id]];
    for (const name of request) {
      const value = call.headers[name];
      if (value === undefined) continue;
      if (typeof value === 'string') metadata.push([name, toMetadataValue(name, value)]);
      else for (const each of value) metadata.push([name, toMetadataValue(name, each)]);
    }
    for (const [name, value] of call.identityMetadata) metadata.push([name, value]);
    return metadata;
  }

  function toCaller(headers: Metadata, trailers: Metadata): Metadata {
    if (response.size === 0) return NONE;
    return [...headers, ...trailers].filter(([name]) => response.has(name));
  }

  return { toBackend, toCaller };
}
