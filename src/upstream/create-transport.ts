import { readFileSync } from 'node:fs';
import type { UpstreamConfig } from '../config/schema.ts';
import { UserError } from '../lib/user-error.ts';
import { parseEndpointAddress } from './transport/endpoint-address.ts';
import { createGrpcJsTransport } from './transport/grpc-js/grpc-js-transport.ts';
import type { Transport } from './transport/transport.ts';

/**
 * The transport of one endpoint, as its upstream is configured.
 * @throws UserError when a certificate file cannot be read.
 */
export function createTransport(address: string, config: UpstreamConfig): Transport {
  const { tls } = config;
  return createGrpcJsTransport({
    address: parseEndpointAddress(address),
    tls: tls && {
      ca: readPem(tls.ca),
      certificate: readPem(tls.certificate),
      key: readPem(tls.key),
      serverName: tls.serverName,
    },
    maxReceiveMessageBytes: config.maxReceiveMessage,
    maxSendMessageBytes: config.maxSendMessage,
  });
}

function readPem(file: string | undefined): Uint8Array | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new UserError(`The PEM file ${file} cannot be read: ${String(cause)}`, [], { cause });
  }
}
