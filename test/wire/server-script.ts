import { gzipSync } from 'node:zlib';
import type { Random } from './random.ts';
import {
  block,
  END_HEADERS,
  END_STREAM,
  frame,
  message,
  PADDED,
  TYPE,
  uint32,
} from './raw-peer.ts';

type Field = readonly [name: string, value: string];

/** How a server answers one call. */
export interface ServerScript {
  readonly ending: Ending;
  /** The answer on a stream. */
  framesFor(streamId: number): Buffer;
}

const ENDINGS = [
  'ok',
  'ok',
  'ok',
  'status',
  'status',
  'trailersOnly',
  'http',
  'httpTrailersOnly',
  'noStatus',
  'reset',
  'cut',
] as const;
export type Ending = (typeof ENDINGS)[number];

const MESSAGES = ['', 'plain', 'with%20space', '%E2%98%BA', 'half %2', '100%25', '%ZZ'];
const RESET_CODES = [0, 1, 2, 3, 6, 7, 8, 9, 11, 12];
const HTTP_STATUSES = [400, 401, 403, 404, 429, 500, 502, 503, 504];

/** A script with everything a server may do: metadata, sizes, compression, split and padded frames. */
export function createServerScript(random: Random): ServerScript {
  const ending = random.pick(ENDINGS);
  const gzip = random.chance(30);
  const head: Field[] = [
    [':status', '200'],
    ['content-type', random.pick(['application/grpc', 'application/grpc+proto'])],
    ...(gzip ? ([['grpc-encoding', 'gzip']] as const) : []),
    ...createMetadata(random, 'x-head'),
  ];
  const status: Field[] = [
    ['grpc-status', ending === 'ok' ? '0' : String(random.pick([1, 2, 3, 5, 7, 9, 13, 14, 16]))],
    ...(random.chance(60) ? ([['grpc-message', random.pick(MESSAGES)]] as const) : []),
    ...(ending !== 'ok' && random.chance(40)
      ? ([['grpc-status-details-bin', random.bytes(random.below(40)).toString('base64')]] as const)
      : []),
    ...createMetadata(random, 'x-tail'),
  ];
  const messages = Array.from({ length: ending === 'ok' ? 1 : random.below(2) }, () =>
    createMessage(random, gzip),
  );
  const httpStatus = String(random.pick(HTTP_STATUSES));
  const resetCode = random.pick(RESET_CODES);
  const shape = random.below(2 ** 31);
  return {
    ending,
    framesFor: (streamId) => {
      const data = splitData(shape, streamId, Buffer.concat(messages));
      const headers = frame(TYPE.headers, END_HEADERS, streamId, block(...head));
      const only = (...fields: Field[]) =>
        frame(TYPE.headers, END_HEADERS | END_STREAM, streamId, block(...fields));
      switch (ending) {
        case 'ok':
        case 'status':
          return Buffer.concat([headers, ...data, only(...status)]);
        case 'trailersOnly':
          return only([':status', '200'], ['content-type', 'application/grpc'], ...status);
        case 'http':
          return Buffer.concat([
            frame(
              TYPE.headers,
              END_HEADERS,
              streamId,
              block([':status', httpStatus], ['content-type', 'text/html']),
            ),
            frame(TYPE.data, END_STREAM, streamId, Buffer.from('<html>')),
          ]);
        case 'httpTrailersOnly':
          return only([':status', httpStatus]);
        case 'noStatus':
          return Buffer.concat([headers, ...data, only(['x-tail', 'alone'])]);
        case 'reset':
          return Buffer.concat([
            headers,
            ...data,
            frame(TYPE.reset, 0, streamId, uint32(resetCode)),
          ]);
        case 'cut':
          return Buffer.concat([
            headers,
            frame(TYPE.data, 0, streamId, Buffer.from([0, 0, 0, 0, 9, 1])),
            only(...status),
          ]);
      }
    },
  };
}

function createMetadata(random: Random, name: string): Field[] {
  return Array.from({ length: random.below(3) }, (_, index) =>
    random.chance(30)
      ? ([`${name}-${index}-bin`, random.bytes(1 + random.below(20)).toString('base64')] as const)
      : ([`${name}-${index}`, `value ${random.below(1_000)}`] as const),
  );
}

function createMessage(random: Random, gzip: boolean): Buffer {
  const body = random.bytes(random.pick([0, 1, 7, 100, 5_000]));
  return gzip && random.chance(70) ? message(gzipSync(body), 1) : message(body);
}

/** DATA frames of any sizes, empty ones and padded ones among them. */
function splitData(seed: number, streamId: number, bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  let state = seed;
  for (let at = 0; at < bytes.length; ) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const length = Math.min(1 + ((state >>> 8) % 3_000), bytes.length - at);
    const piece = bytes.subarray(at, at + length);
    at += length;
    if (state % 5 === 0) frames.push(frame(TYPE.data, 0, streamId));
    frames.push(
      state % 7 === 0
        ? frame(
            TYPE.data,
            PADDED,
            streamId,
            Buffer.concat([Buffer.from([4]), piece, Buffer.alloc(4)]),
          )
        : frame(TYPE.data, 0, streamId, piece),
    );
  }
  return frames;
}
