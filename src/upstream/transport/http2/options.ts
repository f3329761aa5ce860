import type { SecureContext } from 'node:tls';
import type { EndpointAddress } from '../endpoint-address.ts';

/** What new connections are to use; after a change they replace the old ones, which finish their calls. */
export interface ChangingContext {
  readonly current: SecureContext;
  /** @returns what ends it */
  onChange(listener: () => void): () => void;
}

export interface TlsOptions {
  /** PEM; default: Node's own list of roots. */
  readonly ca?: Uint8Array | undefined;
  /** PEM of our own certificate and key, for mutual TLS. */
  readonly cert?: Uint8Array | undefined;
  readonly key?: Uint8Array | undefined;
  /** Instead of the three above: what may change while connections are open. */
  readonly contexts?: ChangingContext | undefined;
  /** The name the certificate must bear and SNI says; default: the host of the address. */
  readonly serverName?: string | undefined;
}

export interface Http2TransportOptions {
  readonly address: EndpointAddress;
  /** TLS with ALPN `h2`; without it HTTP/2 with prior knowledge (RFC 9113 §3.3). */
  readonly tls?: TlsOptions | undefined;
  /** Up to the peer's SETTINGS. Default 10 s: slower is as good as down, and callers wait meanwhile. */
  readonly connectTimeoutMs?: number;
  /**
   * First pause after a failed connect, and the shortest time between connects that nobody waits for.
   * Default 100 ms: a restarted neighbour is back that soon.
   */
  readonly reconnectBaseMs?: number;
  /** Longest pause between connects. Default 10 s: the most a recovered backend stays unused. */
  readonly reconnectMaxMs?: number;
  /**
   * Silence before a PING while calls run. Default 300 s: what gRPC servers tolerate unless configured
   * otherwise; they answer more with GOAWAY "too_many_pings".
   */
  readonly keepAliveIntervalMs?: number;
  /** How long a PING may stay unanswered. Default 20 s, as in gRPC. */
  readonly keepAliveTimeoutMs?: number;
  /** Whether to ask also while no call runs. Default false: gRPC servers answer that with GOAWAY too. */
  readonly keepAliveWhenIdle?: boolean;
  /** Without a call a connection is closed after this. Default 30 min, as in gRPC. */
  readonly idleTimeoutMs?: number;
  /** Default 4 MiB, as in gRPC. */
  readonly maxReceiveMessageBytes?: number;
  /** Default 4 MiB: what a gRPC server accepts unless configured otherwise. */
  readonly maxSendMessageBytes?: number;
  /** Default 4: with the 100 streams most servers allow, 400 calls at a time. */
  readonly maxConnections?: number;
  /** Calls that may wait for a stream. Default 1,000: beyond, refusing is kinder than waiting. */
  readonly maxQueuedCalls?: number;
  /**
   * The window a stream grows to while its reader keeps pace; it begins at 65,535 octets. Default 1 MiB:
   * a gigabit at 8 ms.
   */
  readonly streamWindowBytes?: number;
  /**
   * What may be on its way on one connection. Half of it is what the windows of its streams may grow to
   * together, beyond the 65,535 octets that each has. Default 16 MiB: eight streams at full width.
   */
  readonly connectionWindowBytes?: number;
  /** Largest header section accepted, as RFC 9113 §6.5.2 counts. Default 64 KiB, as in Node. */
  readonly maxHeaderListBytes?: number;
  /** How messages are sent. Default identity; gzip is understood in answers in any case. */
  readonly compression?: 'gzip' | 'identity';
  /** The `:authority`; default: the server name, or host and port. */
  readonly authority?: string | undefined;
  /** Default `weir`. */
  readonly userAgent?: string;
}

export type ResolvedOptions = Required<Omit<Http2TransportOptions, 'tls' | 'authority'>> & {
  readonly authority: string;
  readonly tls: TlsOptions | undefined;
};

/** Throws `RangeError` where a number cannot be what it says. */
export function resolveOptions(options: Http2TransportOptions): ResolvedOptions {
  const resolved: ResolvedOptions = {
    connectTimeoutMs: 10_000,
    reconnectBaseMs: 100,
    reconnectMaxMs: 10_000,
    keepAliveIntervalMs: 300_000,
    keepAliveTimeoutMs: 20_000,
    keepAliveWhenIdle: false,
    idleTimeoutMs: 1_800_000,
    maxReceiveMessageBytes: 4 * 1024 * 1024,
    maxSendMessageBytes: 4 * 1024 * 1024,
    maxConnections: 4,
    maxQueuedCalls: 1_000,
    streamWindowBytes: 1024 * 1024,
    connectionWindowBytes: 16 * 1024 * 1024,
    maxHeaderListBytes: 64 * 1024,
    compression: 'identity',
    userAgent: 'weir',
    tls: undefined,
    ...options,
    authority: options.authority ?? defaultAuthority(options),
  };
  const within = (name: keyof ResolvedOptions, least: number, most: number) => {
    const value = resolved[name];
    if (typeof value === 'number' && value >= least && value <= most) return;
    throw new RangeError(`${name} is ${String(value)}; it must be between ${least} and ${most}.`);
  };
  // Node's timers hold 31 bits of milliseconds; windows 31 bits of octets (RFC 9113 §6.9.1).
  const most = 0x7fff_ffff;
  within('connectTimeoutMs', 1, most);
  within('reconnectBaseMs', 1, most);
  within('reconnectMaxMs', 1, most);
  within('keepAliveIntervalMs', 1, most);
  within('keepAliveTimeoutMs', 1, most);
  within('idleTimeoutMs', 1, most);
  within('maxReceiveMessageBytes', 0, most);
  within('maxSendMessageBytes', 0, most);
  within('maxConnections', 1, 1_000);
  within('maxQueuedCalls', 0, most);
  within('streamWindowBytes', 65_535, most);
  within('connectionWindowBytes', 65_535, most);
  within('maxHeaderListBytes', 1_024, most);
  return resolved;
}

function defaultAuthority({ address, tls }: Http2TransportOptions): string {
  if ('path' in address) return tls?.serverName ?? 'localhost';
  const host = tls?.serverName ?? address.host;
  return `${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}
