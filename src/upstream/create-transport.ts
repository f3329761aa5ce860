import { readFileSync } from 'node:fs';
import type { UpstreamConfig } from '../config/schema.ts';
import { UserError } from '../lib/user-error.ts';
import { parseEndpointAddress } from './transport/endpoint-address.ts';
import { createGrpcJsTransport } from './transport/grpc-js/grpc-js-transport.ts';
import { createHttp2Transport } from './transport/http2/http2-transport.ts';
import type { Transport } from './transport/transport.ts';

/**
 * The transport of one endpoint, as its upstream is configured.
 * @throws UserError when a certificate file cannot be read.
 */
export function createTransport(address: string, config: UpstreamConfig): Transport {
  const options = {
    address: parseEndpointAddress(address),
    maxReceiveMessageBytes: config.maxReceiveMessage,
    maxSendMessageBytes: config.maxSendMessage,
  };
  const tls = config.tls && readTls(config.tls);
  if (config.transport === 'grpc-js') return createGrpcJsTransport({ ...options, tls });
  return createHttp2Transport({
    ...options,
    ...(tls === undefined ? {} : { tls }),
    // A backend that came back should not stay unused for longer.
    reconnectMaxMs: 2_000,
    keepAliveIntervalMs: config.keepAlive.interval,
    keepAliveTimeoutMs: config.keepAlive.timeout,
    keepAliveWhenIdle: config.keepAlive.whenIdle,
  });
}

function readTls({ ca, certificate, key, serverName }: NonNullable<UpstreamConfig['tls']>) {
  return {
    ...(ca === undefined ? {} : { ca: readPem(ca) }),
    ...(certificate === undefined ? {} : { cert: readPem(certificate) }),
    ...(key === undefined ? {} : { key: readPem(key) }),
    ...(serverName === undefined ? {} : { serverName }),
  };
}

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new UserError(`The PEM file ${file} cannot be read: ${String(cause)}`, [], { cause });
  }
}
