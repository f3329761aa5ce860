import { connect as connectPlain, isIP, type Socket } from 'node:net';
import {
  checkServerIdentity,
  connect as connectTls,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import type { ResolvedOptions } from './options.ts';

/** Octets are valid only during the call. */
export type OnBytes = (bytes: Buffer, start: number, end: number) => void;

const READ_OCTETS = 64 * 1024;

/**
 * Read from one socket in one turn of the event loop. A peer that always has more would otherwise be read
 * 32 times in a row, and every other socket would wait for all that follows from it.
 */
const TURN_OCTETS = 4 * READ_OCTETS;

/** How long a closed connection may still take to hand over its last octets. */
const LINGER_MS = 1_000;

/** Closes it once what was written has left, if the peer reads that soon. */
export function closeSoon(socket: Socket): void {
  socket.destroySoon();
  setTimeout(destroySocket, LINGER_MS, socket).unref();
}

// On its own, so that the timer holds the socket alone and not the connection with its buffers.
function destroySocket(socket: Socket): void {
  socket.destroy();
}

/** Opens the sockets of one endpoint and remembers its TLS session. */
export class EndpointSockets {
  readonly #options: ResolvedOptions;
  /** To be resumed with the context it began with: another may trust others, or be somebody else. */
  #session: { readonly ticket: Buffer; readonly context: SecureContext | undefined } | undefined;

  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  /** @param onReady the socket carries HTTP/2 from here on */
  open(onBytes: OnBytes, onReady: () => void): Socket {
    return this.#options.tls === undefined
      ? this.#openPlain(onBytes, onReady)
      : this.#openTls(this.#options.tls, onBytes, onReady);
  }

  #openPlain(onBytes: OnBytes, onReady: () => void): Socket {
    const turn = new ReadTurn(() => socket.resume());
    const socket = connectPlain({
      ...this.#options.address,
      noDelay: true,
      // One buffer for all reads of a socket, instead of one for each.
      onread: {
        buffer: Buffer.allocUnsafeSlow(READ_OCTETS),
        callback: (length: number, buffer: Uint8Array) => {
          onBytes(Buffer.from(buffer.buffer, buffer.byteOffset, length), 0, length);
          return turn.mayGoOn(length);
        },
      },
    });
    socket.once('connect', onReady);
    return socket;
  }

  #openTls(
    tls: NonNullable<ResolvedOptions['tls']>,
    onBytes: OnBytes,
    onReady: () => void,
  ): Socket {
    const { ca, cert, key, serverName, contexts } = tls;
    const context = contexts?.current;
    const session = this.#session?.context === context ? this.#session?.ticket : undefined;
    const address = this.#options.address;
    const name = serverName ?? ('host' in address ? address.host : 'localhost');
    const socket: TLSSocket = connectTls({
      ...address,
      ...(context !== undefined && { secureContext: context }),
      ...(ca !== undefined && { ca: toBuffer(ca) }),
      ...(cert !== undefined && { cert: toBuffer(cert) }),
      ...(key !== undefined && { key: toBuffer(key) }),
      // SNI carries names only (RFC 6066 §3); an address is still checked against the certificate.
      ...(isIP(name) === 0 && { servername: name }),
      checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
      ALPNProtocols: ['h2'],
      ...(session !== undefined && { session }),
    });
    socket.setNoDelay(true);
    socket.on('session', (ticket: Buffer) => {
      this.#session = { ticket, context };
    });
    socket.once('secureConnect', () => {
      if (socket.alpnProtocol === 'h2') onReady();
      else socket.destroy(new Error('the peer does not speak HTTP/2 (ALPN h2)'));
    });
    const turn = new ReadTurn(() => socket.resume());
    socket.on('data', (bytes: Buffer) => {
      onBytes(bytes, 0, bytes.length);
      if (!turn.mayGoOn(bytes.length)) socket.pause();
    });
    return socket;
  }
}

/** Counts what a socket read in the present turn of the event loop. */
class ReadTurn {
  readonly #resume: () => void;
  #octets = 0;
  #paused = false;

  constructor(resume: () => void) {
    this.#resume = resume;
  }

  /** False when the socket must pause; it is resumed in the next turn. */
  mayGoOn(octets: number): boolean {
    if (this.#octets === 0) setImmediate(this.#onNextTurn);
    this.#octets += octets;
    if (this.#octets < TURN_OCTETS) return true;
    this.#paused = true;
    return false;
  }

  readonly #onNextTurn = (): void => {
    this.#octets = 0;
    if (!this.#paused) return;
    this.#paused = false;
    this.#resume();
  };
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
