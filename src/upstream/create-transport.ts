import type { UpstreamConfig } from '../config/schema.ts';
import type { Security } from './security/create-security.ts';
import { withMetadata } from './security/with-metadata.ts';
import { parseEndpointAddress } from './transport/endpoint-address.ts';
import { createGrpcJsTransport } from './transport/grpc-js/grpc-js-transport.ts';
import { createHttp2Transport } from './transport/http2/http2-transport.ts';
import type { Transport } from './transport/transport.ts';

/** The transport of one endpoint, as its upstream is configured. */
export function createTransport(
  address: string,
  config: UpstreamConfig,
  { contexts, metadata }: Pick<Security, 'contexts' | 'metadata'>,
): Transport {
  const transport = createWire(address, config, contexts);
  return metadata === undefined ? transport : withMetadata(transport, metadata);
}

function createWire(
  address: string,
  config: UpstreamConfig,
  contexts: Security['contexts'],
): Transport {
  const options = {
    address: parseEndpointAddress(address),
    maxReceiveMessageBytes: config.maxReceiveMessage,
    maxSendMessageBytes: config.maxSendMessage,
    tls: contexts && { contexts, serverName: config.tls?.serverName },
    authority: config.authority,
  };
  if (config.transport === 'grpc-js') return createGrpcJsTransport(options);
  return createHttp2Transport({
    ...options,
    // A backend that came back should not stay unused for longer.
    reconnectMaxMs: 2_000,
    connectTimeoutMs: config.connectTimeout,
    keepAliveIntervalMs: config.keepAlive.interval,
    keepAliveTimeoutMs: config.keepAlive.timeout,
    keepAliveWhenIdle: config.keepAlive.whenIdle,
  });
}
