import type { WeirSession } from './session.ts';
import type { Token } from './token.ts';

export interface WeirClientOptions {
  /** Where the gateway serves tRPC, for example `https://gateway.example/trpc`; in a browser `/trpc` will do. */
  readonly url: string;
  readonly token?: Token;
  /** A session with the gateway's own issuer, in place of `token`; see `createWeirSession`. */
  readonly session?: WeirSession;
  /** Sent with every HTTP request, for example `{ 'x-tenant': 'desk-7' }`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: `url` with `ws:` for `http:`. */
  readonly webSocketUrl?: string;
  /**
   * Default: `stream`. How the calls of one tick share a request: answered one by one as they are ready,
   * or all together, as some proxies need it that hold a response back until it is whole.
   */
  readonly batch?: 'stream' | 'whole';
  /** Calls in one request. Default: 50, half of what a gateway takes unless configured otherwise. */
  readonly maxBatchSize?: number;
  /**
   * Default: true. A subscription that ends because its backend is away (UNAVAILABLE) is subscribed again,
   * after its last event where the method can resume. Its `onConnectionStateChange` tells of every gap.
   */
  readonly resubscribe?: boolean;
  /** Default: the global one, which browsers and Node ≥ 22 have. */
  readonly WebSocket?: typeof WebSocket;
}
