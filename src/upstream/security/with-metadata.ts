import type { Metadata, Transport } from '../transport/transport.ts';
import type { Reloading } from './reloading.ts';

/**
 * The same transport, which tells the backend with each call, health checks included, what Weir has to say
 * in its own name. Nobody else's metadata of these names gets through: a caller must not speak for Weir.
 */
export function withMetadata(transport: Transport, own: Reloading<Metadata>): Transport {
  const names = new Set(own.current.map(([name]) => name));
  const add = (metadata: Metadata): Metadata => [
    ...metadata.filter(([name]) => !names.has(name)),
    ...own.current,
  ];
  return {
    unary: (request) => transport.unary({ ...request, metadata: add(request.metadata) }),
    stream: (request) => transport.stream({ ...request, metadata: add(request.metadata) }),
    connect: () => transport.connect(),
    close: (graceMs) => transport.close(graceMs),
  };
}
