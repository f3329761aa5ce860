import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** Frame types and flags once more, so that the tests do not lean on the code under test. */
export const TYPE = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;
export const ACK = 1;
export const END_STREAM = 1;
export const END_HEADERS = 4;
export const PADDED = 8;

const PREFACE_OCTETS = 24;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

export function frame(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array = Buffer.alloc(0),
): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(streamId, 5);
  return Buffer.concat([header, payload]);
}

export function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

export function setting(identifier: number, value: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(identifier, 0);
  bytes.writeUInt32BE(value, 2);
  return bytes;
}

/** A header block of literals without indexing. */
export function block(...fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]),
  );
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest >>= 7) length.push((rest & 127) | 128);
  length.push(rest);
  return Buffer.concat([Buffer.from(length), bytes]);
}

/** A length-prefixed gRPC message. */
export function message(body: Uint8Array, flag = 0): Buffer {
  return Buffer.concat([Buffer.from([flag]), uint32(body.length), body]);
}

export const HEAD = block([':status', '200'], ['content-type', 'application/grpc']);
export const TRAILERS = block(['grpc-status', '0']);

/** The frames of a whole OK answer. */
export function answer(streamId: number, body: Uint8Array = Buffer.from('ok')): Buffer {
  return Buffer.concat([
    frame(TYPE.headers, END_HEADERS, streamId, HEAD),
    frame(TYPE.data, 0, streamId, message(body)),
    frame(TYPE.headers, END_HEADERS | END_STREAM, streamId, TRAILERS),
  ]);
}

/** The server's side of one connection: frames in, any octets out. */
export class RawPeer {
  readonly socket: Socket;
  /** How many connections the server had before this one. */
  readonly index: number;
  readonly received: Frame[] = [];
  /** False forgets frames once taken, for long runs. */
  keepReceived = true;
  #buffered = Buffer.alloc(0);
  #prefaceSeen = false;
  #taken = 0;
  #wake: (() => void) | undefined;
  #ended = false;

  constructor(socket: Socket, index: number) {
    this.socket = socket;
    this.index = index;
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#ended = true;
      this.#wake?.();
    });
  }

  send(...frames: readonly Uint8Array[]): void {
    if (!this.socket.destroyed) this.socket.write(Buffer.concat(frames));
  }

  /** The next frame that fits, passing over others; undefined once the client has closed. */
  async next(fits: (frame: Frame) => boolean): Promise<Frame | undefined> {
    for (;;) {
      while (this.#taken < this.received.length) {
        const candidate = this.received[this.#taken++];
        if (candidate !== undefined && fits(candidate)) return candidate;
      }
      if (!this.keepReceived) {
        this.received.length = 0;
        this.#taken = 0;
      }
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  nextOf(type: number, streamId?: number): Promise<Frame | undefined> {
    return this.next(
      (each) => each.type === type && (streamId === undefined || each.streamId === streamId),
    );
  }

  #read(bytes: Buffer): void {
    this.#buffered = Buffer.concat([this.#buffered, bytes]);
    if (!this.#prefaceSeen) {
      if (this.#buffered.length < PREFACE_OCTETS) return;
      this.#buffered = this.#buffered.subarray(PREFACE_OCTETS);
      this.#prefaceSeen = true;
    }
    while (this.#buffered.length >= 9) {
      const length = this.#buffered.readUIntBE(0, 3);
      if (this.#buffered.length < 9 + length) break;
      this.received.push({
        type: this.#buffered.readUInt8(3),
        flags: this.#buffered.readUInt8(4),
        streamId: this.#buffered.readUInt32BE(5),
        payload: this.#buffered.subarray(9, 9 + length),
      });
      this.#buffered = this.#buffered.subarray(9 + length);
    }
    this.#wake?.();
  }
}

export interface RawServer {
  readonly port: number;
  readonly server: Server;
  readonly peers: RawPeer[];
  close(): Promise<void>;
}

/** Runs `script` for every connection. */
export async function startRawPeer(
  script: (peer: RawPeer) => Promise<unknown> | unknown,
): Promise<RawServer> {
  const peers: RawPeer[] = [];
  const server = createServer((socket) => {
    const peer = new RawPeer(socket, peers.length);
    peers.push(peer);
    Promise.resolve(script(peer)).catch((error: unknown) => socket.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    server,
    peers,
    close: async () => {
      for (const peer of peers) peer.socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** SETTINGS and the acknowledgement of the client's. */
export function greet(peer: RawPeer, settings: Uint8Array = Buffer.alloc(0)): void {
  peer.send(frame(TYPE.settings, 0, 0, settings), frame(TYPE.settings, ACK, 0));
}

/** Answers every further request with OK. */
export async function serve(peer: RawPeer): Promise<void> {
  for (;;) {
    const request = await peer.next(({ type, flags }) =>
      type === TYPE.headers || type === TYPE.data ? (flags & END_STREAM) !== 0 : false,
    );
    if (request === undefined) return;
    peer.send(answer(request.streamId));
  }
}
