import { createHttp2Transport } from '../../src/upstream/transport/http2/http2-transport.ts';
import type { Http2TransportOptions } from '../../src/upstream/transport/http2/options.ts';
import type { Transport } from '../../src/upstream/transport/transport.ts';
import { type RawPeer, type RawServer, startRawPeer } from './raw-peer.ts';

export interface RawConnection {
  readonly server: RawServer;
  readonly transport: Transport;
  close(): Promise<void>;
}

/** Our transport, and for its peer a server that follows the script on each connection. */
export async function connectToRawPeer(
  script: (peer: RawPeer) => Promise<unknown> | unknown,
  options: Partial<Http2TransportOptions> = {},
): Promise<RawConnection> {
  const server = await startRawPeer(script);
  const transport = createHttp2Transport({
    address: { host: '127.0.0.1', port: server.port },
    ...options,
  });
  const close = async () => {
    await transport.close(0);
    await server.close();
  };
  return { server, transport, close };
}
