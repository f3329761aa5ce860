import { ConnectionError } from './error-code.ts';

/** Setting identifiers, RFC 9113 §6.5.2. */
const SETTING = {
  HEADER_TABLE_SIZE: 0x1,
  ENABLE_PUSH: 0x2,
  MAX_CONCURRENT_STREAMS: 0x3,
  INITIAL_WINDOW_SIZE: 0x4,
  MAX_FRAME_SIZE: 0x5,
  MAX_HEADER_LIST_SIZE: 0x6,
} as const;

export const LARGEST_WINDOW = 0x7fff_ffff;
export const DEFAULT_WINDOW = 65_535;
const SMALLEST_MAX_FRAME_SIZE = 16_384;
const LARGEST_MAX_FRAME_SIZE = 0xff_ffff;

/** What the peer said of itself; begins with the protocol's defaults. */
export class PeerSettings {
  headerTableSize = 4096;
  /** The smallest that the last SETTINGS frame passed through on its way to `headerTableSize`. */
  smallestHeaderTableSize = 4096;
  maxConcurrentStreams = Number.POSITIVE_INFINITY;
  initialWindowSize = DEFAULT_WINDOW;
  maxFrameSize = SMALLEST_MAX_FRAME_SIZE;
  maxHeaderListSize = Number.POSITIVE_INFINITY;

  /** Applies a SETTINGS payload in order; unknown settings are ignored (§6.5.2). */
  apply(bytes: Buffer, start: number, end: number): void {
    this.smallestHeaderTableSize = this.headerTableSize;
    for (let at = start; at < end; at += 6) {
      this.#applyOne(bytes.readUInt16BE(at), bytes.readUInt32BE(at + 2));
    }
  }

  #applyOne(identifier: number, value: number): void {
    switch (identifier) {
      case SETTING.HEADER_TABLE_SIZE:
        this.headerTableSize = value;
        this.smallestHeaderTableSize = Math.min(this.smallestHeaderTableSize, value);
        break;
      case SETTING.ENABLE_PUSH:
        // A server may only say 0 (§6.5.2, §8.4).
        if (value !== 0) {
          throw new ConnectionError('PROTOCOL_ERROR', `a server's ENABLE_PUSH of ${value}`);
        }
        break;
      case SETTING.MAX_CONCURRENT_STREAMS:
        this.maxConcurrentStreams = value;
        break;
      case SETTING.INITIAL_WINDOW_SIZE:
        if (value > LARGEST_WINDOW) {
          throw new ConnectionError('FLOW_CONTROL_ERROR', `an INITIAL_WINDOW_SIZE of ${value}`);
        }
        this.initialWindowSize = value;
        break;
      case SETTING.MAX_FRAME_SIZE:
        if (value < SMALLEST_MAX_FRAME_SIZE || value > LARGEST_MAX_FRAME_SIZE) {
          throw new ConnectionError('PROTOCOL_ERROR', `a MAX_FRAME_SIZE of ${value}`);
        }
        this.maxFrameSize = value;
        break;
      case SETTING.MAX_HEADER_LIST_SIZE:
        this.maxHeaderListSize = value;
        break;
    }
  }
}

export interface LocalSettings {
  readonly initialWindowSize: number;
  readonly maxFrameSize: number;
  readonly maxHeaderListSize: number;
}

/** The payload of our SETTINGS frame. HPACK's table stays at the protocol's default of 4,096 octets. */
export function encodeSettings(settings: LocalSettings): Buffer {
  const pairs: [identifier: number, value: number][] = [
    [SETTING.ENABLE_PUSH, 0],
    [SETTING.INITIAL_WINDOW_SIZE, settings.initialWindowSize],
    [SETTING.MAX_FRAME_SIZE, settings.maxFrameSize],
    [SETTING.MAX_HEADER_LIST_SIZE, settings.maxHeaderListSize],
  ];
  const payload = Buffer.alloc(pairs.length * 6);
  for (const [index, [identifier, value]] of pairs.entries()) {
    payload.writeUInt16BE(identifier, index * 6);
    payload.writeUInt32BE(value, index * 6 + 2);
  }
  return payload;
}
