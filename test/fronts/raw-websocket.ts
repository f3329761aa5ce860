import { once } from 'node:events';
import { WebSocket } from 'ws';

/** The request that opens a WebSocket, for a client that has but a TCP connection (RFC 6455 section 4.1). */
export const UPGRADE = [
  'GET /trpc HTTP/1.1',
  'host: localhost',
  'connection: upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
  '',
  '',
].join('\r\n');

export interface RawSocket {
  readonly socket: WebSocket;
  /** Every text frame received so far. */
  readonly frames: readonly string[];
  /** Sends text as it is and anything else as JSON. */
  send(message: unknown): void;
  /** Resolves when the frames received so far pass the test; rejects when the socket closes before. */
  until(test: (frames: readonly string[]) => boolean): Promise<void>;
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
  close(): Promise<void>;
}

/** A client that sends what it is told and keeps what it gets. */
export async function openSocket(url: string): Promise<RawSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const frames: string[] = [];
  const checks = new Set<() => void>();
  const failures = new Set<() => void>();
  socket.on('message', (data) => {
    frames.push(String(data));
    for (const check of [...checks]) check();
  });
  const closed = new Promise<number>((resolve) => {
    socket.on('close', (code) => {
      resolve(code);
      for (const fail of failures) fail();
    });
  });
  await once(socket, 'open');
  return {
    socket,
    frames,
    closed,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    until: (test) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (!test(frames)) return;
          checks.delete(check);
          failures.delete(fail);
          resolve();
        };
        const fail = () => reject(new Error(`closed after ${JSON.stringify(frames)}`));
        checks.add(check);
        failures.add(fail);
        check();
      }),
    close: async () => {
      socket.close();
      await closed;
    },
  };
}

/** Every frame as parsed JSON; keep-alive texts as they are. */
export function parseFrames(frames: readonly string[]): unknown[] {
  return frames.map((frame) => (frame === 'PING' || frame === 'PONG' ? frame : JSON.parse(frame)));
}
