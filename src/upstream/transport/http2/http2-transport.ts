import type {
  ReplyStream,
  StreamRequest,
  Transport,
  UnaryReply,
  UnaryRequest,
} from '../transport.ts';
import { ConnectionPool } from './connection-pool.ts';
import { type Http2TransportOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { StreamingCall } from './streaming-call.ts';
import { UnaryCall } from './unary-call.ts';

/**
 * gRPC over HTTP/2 (RFC 9113, RFC 7541, gRPC PROTOCOL-HTTP2) straight on Node's sockets.
 * See docs/design/0003-http2-client.md. Throws `RangeError` for options out of range.
 */
export function createHttp2Transport(options: Http2TransportOptions): Transport {
  return new Http2Transport(resolveOptions(options));
}

class Http2Transport implements Transport {
  readonly #options: ResolvedOptions;
  readonly #pool: ConnectionPool;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.#pool = new ConnectionPool(options);
  }

  unary(request: UnaryRequest): Promise<UnaryReply> {
    return new Promise((resolve, reject) => {
      new UnaryCall(request, this.#pool, this.#options, resolve, reject).start();
    });
  }

  stream(request: StreamRequest): ReplyStream {
    const call = new StreamingCall(request, this.#pool, this.#options);
    call.start();
    return call;
  }

  connect(): void {
    this.#pool.connect();
  }

  close(graceMs: number): Promise<void> {
    return this.#pool.close(graceMs);
  }
}
