import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { CallerSession } from '../../auth/caller-session.ts';
import { WeirError } from '../../errors.ts';
import type { Call, Peer } from '../../pipeline/call.ts';
import { overlayHeaders, toConnectionParams } from '../connection-params.ts';
import type { FrontOptions } from '../front-options.ts';
import { Refusal, toShape } from '../refusal.ts';
import { reportIfRefusal } from '../report-refusal.ts';
import type { UnfinishedBodies } from '../unfinished-bodies.ts';
import { type RequestId, toClientMessage } from './client-message.ts';
import { Departure } from './departure.ts';
import { FrameOutbox } from './frame-outbox.ts';
import { errorFrame, frameHead, RECONNECT_NOTICE } from './reply-frames.ts';
import { SocketCalls } from './socket-calls.ts';
import { UnfinishedMessage } from './unfinished-message.ts';
import type { WebSocketLimits } from './websocket-limits.ts';

/** RFC 6455 7.4.1 and the IANA registry. */
const POLICY_VIOLATION = 1008;
const SERVICE_RESTART = 1012;
const TRY_AGAIN_LATER = 1013;

export interface ConnectionOptions {
  readonly front: FrontOptions;
  readonly limits: WebSocketLimits;
  readonly peer: Peer;
  readonly headers: IncomingMessage['headers'];
  /** The client announced `?connectionParams=1`: its first frame says who it is. */
  readonly awaitsParams: boolean;
  readonly unfinished: UnfinishedBodies;
  readonly onClosed: (connection: Connection) => void;
}

/** One socket: frames in, frames out, and how long it may be silent. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #webSocket: WebSocket;
  readonly #outbox: FrameOutbox;
  readonly #calls: SocketCalls;
  readonly #departure: Departure;
  readonly #unfinished: UnfinishedMessage;
  readonly #openedAt = performance.now();
  #headers: Call['headers'];
  #session = new CallerSession();
  #awaitsParams: boolean;
  #heardAt = this.#openedAt;
  #pingedAt: number | undefined;

  constructor(webSocket: WebSocket, socket: Duplex, options: ConnectionOptions) {
    this.#options = options;
    this.#webSocket = webSocket;
    this.#headers = options.headers;
    this.#awaitsParams = options.awaitsParams;
    this.#outbox = new FrameOutbox(socket, options.limits.maxBufferedBytes, () => this.#onRoom());
    this.#calls = new SocketCalls({
      front: options.front,
      limits: options.limits,
      outbox: this.#outbox,
      peer: options.peer,
      headers: () => this.#headers,
      session: () => this.#session,
      onAnswered: () => this.#departure.goOn(),
    });
    this.#departure = new Departure({
      running: () => this.#calls.running,
      closeAfterNoticeMs: options.limits.closeAfterNoticeMs,
      notify: () => this.#outbox.push(RECONNECT_NOTICE),
      close: () => this.close(),
    });
    this.#unfinished = new UnfinishedMessage(webSocket, options.unfinished);
    // After `ws`, which listens already.
    socket.on('data', () => this.#onPiece(socket));
    webSocket.on('message', (data, isBinary) => {
      // The answer to what comes behind our close frame would be lost, so it is not begun.
      if (webSocket.readyState === webSocket.OPEN) this.#onMessage(data, isBinary);
    });
    // ws answers PING frames itself, and drops a client that sends many and reads no answer.
    webSocket.on('ping', () => this.#onHeard());
    webSocket.on('pong', () => this.#onHeard());
    webSocket.on('close', () => this.#onClose());
    // A frame that breaks RFC 6455 ends here; ws closes the socket with the right code itself.
    webSocket.on('error', (error) =>
      options.front.log?.('debug', 'a WebSocket client broke the protocol', {
        error: error.message,
        peer: options.peer.address,
      }),
    );
  }

  get running(): number {
    return this.#calls.running;
  }

  get subscriptions(): number {
    return this.#calls.subscriptions;
  }

  get bufferedBytes(): number {
    return this.#outbox.bufferedBytes;
  }

  /** Called about once a second for every socket, instead of timers of its own. */
  sweep(now: number): void {
    const { firstFrameMs, pingIntervalMs, pongWaitMs } = this.#options.limits;
    if (this.#awaitsParams && now - this.#openedAt > firstFrameMs) {
      this.#closeBecause(
        new Refusal(
          'BAD_REQUEST',
          `No connectionParams came within ${firstFrameMs} ms, though the URL announced them.`,
        ),
      );
    } else if (this.#pingedAt !== undefined) {
      if (now - this.#pingedAt > pongWaitMs) this.#drop();
    } else if (now - this.#heardAt > pingIntervalMs) {
      this.#pingedAt = now;
      this.#outbox.push('PING');
    }
  }

  /** Asks the client to reconnect, and closes the socket once that costs no call. */
  sendAway(): void {
    this.#departure.begin();
  }

  close(): void {
    this.#outbox.close();
    this.#webSocket.close(SERVICE_RESTART, 'Service Restart');
  }

  #drop(): void {
    this.#options.front.onDropped?.('websocket');
    this.terminate();
  }

  terminate(): void {
    this.#outbox.discard();
    this.#webSocket.terminate();
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    // ws gives a Buffer for every message unless told otherwise.
    if (isBinary) this.#refuse(null, binaryRefused());
    else this.#onText(data.toString());
    this.#onHeard();
  }

  #onText(text: string): void {
    if (text === 'PONG') return;
    if (text === 'PING') this.#outbox.push('PONG');
    else if (this.#awaitsParams) this.#onFirstFrame(text);
    else this.#onFrame(text);
  }

  #onHeard(): void {
    this.#heardAt = performance.now();
    this.#pingedAt = undefined;
    // A client that asks without reading the answers is not listened to until it reads. One that is being
    // closed is: its close frame ends the handshake.
    if (this.#outbox.full && this.#webSocket.readyState === this.#webSocket.OPEN) {
      this.#webSocket.pause();
      this.#outbox.awaitRoom();
    }
  }

  #onFirstFrame(text: string): void {
    this.#awaitsParams = false;
    try {
      const parsed: unknown = parseJson(text);
      if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
        throw new Refusal('PARSE_ERROR', 'Malformed TRPCConnectionParamsMessage');
      }
      this.#adoptParams('data' in parsed ? parsed.data : undefined);
    } catch (thrown) {
      this.#closeBecause(thrown);
    }
  }

  #onFrame(text: string): void {
    let parsed: unknown;
    try {
      parsed = parseJson(text);
    } catch (thrown) {
      this.#refuse(null, thrown);
      return;
    }
    if (!Array.isArray(parsed)) {
      this.#onElement(parsed);
      return;
    }
    const { maxBatchLength } = this.#options.limits;
    if (parsed.length > maxBatchLength) this.#refuseBatch(parsed, maxBatchLength);
    else for (const element of parsed) this.#onElement(element);
  }

  /**
   * Runs no call, but tells each whose client waits for it. The malformed rest shares one answer: a short
   * element for each long error would let a client fill the memory with a single frame.
   */
  #refuseBatch(elements: readonly unknown[], maxBatchLength: number): void {
    const refusal = new Refusal(
      'BAD_REQUEST',
      `Batch call exceeds maximum size: it has ${elements.length} messages and ${maxBatchLength} are allowed.`,
    );
    const messages = elements.map(toClientMessage);
    if (messages.some(({ kind }) => kind === 'malformed')) this.#refuse(null, refusal);
    for (const message of messages) {
      if (message.kind === 'call') this.#refuse(message.id, refusal);
      else if (message.kind === 'stop') this.#calls.stop(message.id);
    }
  }

  #onElement(element: unknown): void {
    const message = toClientMessage(element);
    switch (message.kind) {
      case 'call':
        this.#calls.start(message);
        return;
      case 'stop':
        this.#calls.stop(message.id);
        return;
      case 'connectionParams':
        try {
          this.#adoptParams(message.data);
        } catch (thrown) {
          this.#refuse(null, thrown);
        }
        return;
      case 'malformed':
        this.#refuse(message.id, new Refusal('PARSE_ERROR', message.reason));
    }
  }

  /** The calls that follow are made with these; those that run keep theirs. */
  #adoptParams(data: unknown): void {
    const params = toConnectionParams(data === undefined ? {} : data);
    this.#headers = overlayHeaders(this.#options.headers, params);
    // Whatever was renewed before belonged to the credentials of before.
    this.#session = new CallerSession();
  }

  #refuse(id: RequestId | null, thrown: unknown): void {
    const { front, peer } = this.#options;
    const requestId = front.newRequestId();
    const context = { procedureType: 'unknown', path: undefined, requestId } as const;
    reportIfRefusal(front.onRefused, thrown, {
      requestId,
      wire: 'websocket',
      address: peer.address,
      path: undefined,
    });
    this.#outbox.push(errorFrame(frameHead(id, false), toShape(thrown, context)));
  }

  #closeBecause(thrown: unknown): void {
    this.#refuse(null, thrown);
    this.#outbox.close();
    this.#webSocket.close(POLICY_VIOLATION, 'connectionParams');
  }

  #onPiece(socket: Duplex): void {
    try {
      this.#unfinished.update();
    } catch (thrown) {
      this.#refuse(null, thrown);
      this.#outbox.close();
      this.#webSocket.close(TRY_AGAIN_LATER, 'Try Again Later');
      // Not waiting for the answer: the rest of the message would come before it.
      socket.end(() => socket.destroy());
    }
  }

  #onRoom(): void {
    this.#heardAt = performance.now();
    if (this.#webSocket.isPaused) this.#webSocket.resume();
    this.#calls.resume();
  }

  #onClose(): void {
    this.#unfinished.release();
    this.#outbox.discard();
    this.#calls.cancelAll(new WeirError('CANCELLED', 'The caller closed the socket.'));
    this.#options.onClosed(this);
  }
}

function binaryRefused(): Refusal {
  return new Refusal('PARSE_ERROR', 'Messages are JSON in text frames, not binary.');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new Refusal('PARSE_ERROR', thrown instanceof Error ? thrown.message : 'Not JSON');
  }
}
