import { WeirError } from '../../../errors.ts';
import type { Metadata } from '../transport.ts';
import { HpackEncoder } from './hpack/encoder.ts';
import type { HeaderField } from './hpack/header-field.ts';
import type { ResolvedOptions } from './options.ts';

/** What every call of one connection says of itself. */
export interface RequestDefaults {
  readonly scheme: 'http' | 'https';
  readonly authority: string;
  readonly userAgent: string;
  /** `grpc-encoding` of what we send, where messages may be compressed. */
  readonly sendsGzip: boolean;
}

export function requestDefaults(
  options: Pick<ResolvedOptions, 'tls' | 'authority' | 'userAgent' | 'compression'>,
): RequestDefaults {
  return {
    scheme: options.tls === undefined ? 'http' : 'https',
    authority: options.authority,
    userAgent: options.userAgent,
    sendsGzip: options.compression === 'gzip',
  };
}

/** Names the protocol owns; what a caller puts there is not sent, as with the other gRPC clients. */
const OWNED = new Set([
  'te',
  'content-type',
  'user-agent',
  'host',
  'grpc-timeout',
  'grpc-encoding',
  'grpc-accept-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'content-length',
]);

/** Names whose values must not enter any compression table on the way (RFC 7541 §7.1.3). */
const CREDENTIALS =
  /^(?:authorization|proxy-authorization|cookie)$|(?:token|api-?key|secret|password)/;

/** gRPC PROTOCOL-HTTP2, Custom-Metadata. */
const NAME = /^[0-9a-z_.-]+$/;
const ASCII_VALUE = /^[\x20-\x7e]*$/;

/** Paths come from contracts, so this many are never reached; it only keeps the map from growing. */
const MOST_KNOWN_PATHS = 4096;

/** Room for the fields that every request has. */
export const BLOCK_SLACK = 512;

interface KnownPrefix {
  readonly generation: number;
  readonly bytes: Buffer;
}

/**
 * Writes the header blocks of requests. The part that depends on the method alone is encoded once; it is
 * encoded anew only while the dynamic table still fills.
 */
export class RequestBlockWriter {
  readonly #hpack = new HpackEncoder();
  readonly #defaults: RequestDefaults;
  readonly #prefixes = new Map<string, KnownPrefix>();

  constructor(defaults: RequestDefaults) {
    this.#defaults = defaults;
  }

  setMaxTableSize(size: number): void {
    this.#hpack.setMaxTableSize(size);
  }

  /** No block for these arguments is longer; throws `WeirError` where the metadata cannot be sent. */
  mostOctets(rpcPath: string, metadata: Metadata): number {
    let octets = BLOCK_SLACK + rpcPath.length + this.#defaults.authority.length;
    octets += this.#defaults.userAgent.length;
    for (const field of metadata) {
      checkField(field);
      octets += HpackEncoder.mostOctets(field);
    }
    return octets;
  }

  /** Writes the block at `start`; returns the position after it. */
  write(
    rpcPath: string,
    metadata: Metadata,
    grpcTimeout: string | undefined,
    target: Buffer,
    start: number,
  ): number {
    let at = this.#writePrefix(rpcPath, target, start);
    if (grpcTimeout !== undefined) {
      at = this.#hpack.writeLiteral(['grpc-timeout', grpcTimeout], target, at);
    }
    for (const field of metadata) {
      if (OWNED.has(field[0])) continue;
      at = CREDENTIALS.test(field[0])
        ? this.#hpack.writeNeverIndexed(field, target, at)
        : this.#hpack.writeLiteral(field, target, at);
    }
    return at;
  }

  #writePrefix(rpcPath: string, target: Buffer, start: number): number {
    const hpack = this.#hpack;
    let at = start;
    if (hpack.mustUpdateSize) at = hpack.writeSizeUpdates(target, at);
    const known = this.#prefixes.get(rpcPath);
    if (known !== undefined && known.generation === hpack.table.generation) {
      return at + known.bytes.copy(target, at);
    }
    const before = hpack.table.generation;
    const prefixStart = at;
    for (const field of this.#prefixFields(rpcPath)) at = hpack.writeIndexed(field, target, at);
    if (hpack.table.generation === before) {
      if (this.#prefixes.size >= MOST_KNOWN_PATHS) this.#prefixes.clear();
      const bytes = Buffer.from(target.subarray(prefixStart, at));
      this.#prefixes.set(rpcPath, { generation: before, bytes });
    }
    return at;
  }

  #prefixFields(rpcPath: string): HeaderField[] {
    const { scheme, authority, userAgent, sendsGzip } = this.#defaults;
    const fields: HeaderField[] = [
      [':method', 'POST'],
      [':scheme', scheme],
      [':path', rpcPath],
      [':authority', authority],
      ['te', 'trailers'],
      ['content-type', 'application/grpc'],
      ['user-agent', userAgent],
      ['grpc-accept-encoding', 'identity,gzip'],
    ];
    if (sendsGzip) fields.push(['grpc-encoding', 'gzip']);
    return fields;
  }
}

function checkField([name, value]: HeaderField): void {
  if (!NAME.test(name)) {
    throw new WeirError(
      'INTERNAL',
      `Metadata cannot be named ${JSON.stringify(name)}: gRPC allows 0-9, a-z, "_", "-" and ".".`,
      { neverSent: true },
    );
  }
  if (!ASCII_VALUE.test(value)) {
    throw new WeirError(
      'INTERNAL',
      `The value of metadata "${name}" has characters that are not printable ASCII; send such values base64-encoded under a name ending in "-bin".`,
      { neverSent: true },
    );
  }
}
