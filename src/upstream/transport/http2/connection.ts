import type { Socket } from 'node:net';
import type { WeirError } from '../../../errors.ts';
import { afterReading } from '../../../lib/after-reading.ts';
import type { Metadata } from '../transport.ts';
import { connectionEnded, connectionLost, wentAway } from './call-status.ts';
import { type CallReceiver, CallStream, type StreamHost } from './call-stream.ts';
import type { ConnectionEvents } from './connection-events.ts';
import { ConnectionReader, type ReaderHost } from './connection-reader.ts';
import type { ConnectionState } from './connection-state.ts';
import { closeSoon, type EndpointSockets } from './endpoint-socket.ts';
import { ConnectionError, ERROR_CODE, type ErrorCodeName } from './error-code.ts';
import { FrameReader } from './frame-reader.ts';
import { FRAME } from './frame-type.ts';
import { FrameWriter } from './frame-writer.ts';
import { IdleClose } from './idle-close.ts';
import { KeepAlive } from './keep-alive.ts';
import type { ResolvedOptions } from './options.ts';
import { writePreface } from './preface.ts';
import { ReceiveCredit } from './receive-credit.ts';
import { ReceiveWindow } from './receive-window.ts';
import { RecentResets } from './recent-resets.ts';
import { RequestBlockWriter, requestDefaults } from './request-block.ts';
import { RequestHeaderWriter } from './request-headers.ts';
import type { OutgoingMessage } from './send-queue.ts';
import { SendScheduler } from './send-scheduler.ts';
import { DEFAULT_WINDOW, LARGEST_WINDOW, PeerSettings } from './settings.ts';
import { StreamIds } from './stream-ids.ts';
import { StreamTable } from './stream-table.ts';

/** Larger frames than the default save headers on large answers; DATA is not gathered, so they cost nothing. */
const MAX_FRAME_SIZE = 64 * 1024;

/**
 * What may wait for a peer that does not read before it gets no further call. Above the 256 KiB of DATA and
 * the header sections of an honest burst.
 */
const MOST_UNSENT_OCTETS = 1024 * 1024;

/** One HTTP/2 connection to the endpoint, from the connect to the last stream. */
export class Connection implements StreamHost, ReaderHost {
  readonly peer = new PeerSettings();
  readonly streams = new StreamTable<CallStream>();
  readonly resets = new RecentResets();
  readonly ids = new StreamIds();
  readonly window: ReceiveWindow;
  readonly credit: ReceiveCredit;
  readonly scheduler: SendScheduler;
  readonly writer: FrameWriter;
  readonly #options: ResolvedOptions;
  readonly #events: ConnectionEvents<Connection>;
  readonly #socket: Socket;
  readonly #reader: FrameReader;
  readonly #headers: RequestHeaderWriter;
  readonly #endHandshake: () => void;
  #keepAlive: KeepAlive | undefined;
  #idleClose: IdleClose | undefined;
  #state: ConnectionState = { kind: 'connecting' };
  #cause: Error | undefined;
  /** Streams above this were never handed to the socket. */
  #lastFlushedId = 0;

  constructor(
    options: ResolvedOptions,
    sockets: EndpointSockets,
    events: ConnectionEvents<Connection>,
  ) {
    this.#options = options;
    this.#events = events;
    const blocks = new RequestBlockWriter(requestDefaults(options));
    this.#reader = new FrameReader(
      new ConnectionReader(this, options.maxHeaderListBytes),
      MAX_FRAME_SIZE,
    );
    const socket = sockets.open(
      (bytes, start, end) => this.#onBytes(bytes, start, end),
      () => this.#sendPreface(),
    );
    this.#socket = socket;
    this.writer = new FrameWriter(socket, () => {
      this.#lastFlushedId = this.ids.last;
    });
    this.window = new ReceiveWindow(options.connectionWindowBytes);
    this.credit = new ReceiveCredit(this.window, options, this.writer, this.streams);
    this.#headers = new RequestHeaderWriter(this.writer, blocks);
    this.scheduler = new SendScheduler(this.writer, this.peer.maxFrameSize);
    this.#endHandshake = afterReading(options.connectTimeoutMs, () => this.#onHandshakeTimeout());
    socket.on('drain', () => {
      this.writer.blocked = false;
      this.scheduler.pump();
      if (this.#state.kind === 'open') this.#events.onRoom(this);
    });
    socket.on('error', (error) => {
      this.#cause ??= error;
    });
    socket.on('close', () => this.#lose(this.#cause?.message ?? 'it closed the connection'));
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** How many calls could begin now. */
  get room(): number {
    if (this.#state.kind !== 'open') return 0;
    if (this.#socket.writableLength > MOST_UNSENT_OCTETS) return 0;
    return this.peer.maxConcurrentStreams - this.streams.size;
  }

  /** Begins a call: writes its header section and leaves the rest to the stream. */
  open(
    receiver: CallReceiver,
    rpcPath: string,
    metadata: Metadata,
    grpcTimeout: string | undefined,
  ): CallStream {
    this.#headers.write(this.ids.next, rpcPath, metadata, grpcTimeout, this.peer);
    const id = this.ids.take();
    const stream = new CallStream(id, this, receiver, {
      sendWindow: this.peer.initialWindowSize,
      receiveWindow: DEFAULT_WINDOW,
      maxReceiveMessageBytes: this.#options.maxReceiveMessageBytes,
    });
    this.streams.add(stream);
    this.#idleClose?.onUsed();
    if (this.ids.exhausted) this.drain();
    return stream;
  }

  schedule(stream: CallStream): void {
    this.scheduler.schedule(stream);
  }

  sendAtOnce(stream: CallStream, message: OutgoingMessage, end: boolean): boolean {
    return this.scheduler.sendAtOnce(stream, message, end);
  }

  reset(streamId: number, code: ErrorCodeName): void {
    if (this.#state.kind === 'closed') return;
    this.resets.add(streamId);
    this.writer.numberFrame(FRAME.RST_STREAM, streamId, ERROR_CODE[code]);
  }

  onStreamClosed(stream: CallStream): void {
    this.streams.delete(stream.id);
    this.scheduler.forget(stream);
    if (this.streams.size === 0) this.#onIdle();
    if (this.#state.kind === 'open') this.#events.onRoom(this);
  }

  /** The peer's first SETTINGS make the connection open; later ones may make room. */
  onPeerSettings(initialWindowChange: number): void {
    // Both are told to the peer's decoder (RFC 7541 §4.2).
    this.#headers.setMaxTableSize(this.peer.smallestHeaderTableSize);
    this.#headers.setMaxTableSize(this.peer.headerTableSize);
    // A frame holds up the other streams, so a peer's larger limit is not made use of.
    this.scheduler.maxFrameSize = Math.min(this.peer.maxFrameSize, MAX_FRAME_SIZE);
    for (const stream of this.streams.values()) {
      stream.sending.window += initialWindowChange;
      if (stream.sending.window > LARGEST_WINDOW) {
        throw new ConnectionError('FLOW_CONTROL_ERROR', 'a stream window above 2^31-1');
      }
      this.scheduler.schedule(stream);
    }
    if (this.#state.kind === 'open') this.#events.onRoom(this);
    if (this.#state.kind !== 'connecting') return;
    this.#state = { kind: 'open' };
    const { keepAliveIntervalMs, keepAliveTimeoutMs } = this.#options;
    this.#keepAlive = new KeepAlive(keepAliveIntervalMs, keepAliveTimeoutMs, {
      isNeeded: () => this.streams.size > 0 || this.#options.keepAliveWhenIdle,
      sendPing: () => this.#sendPing(),
      onDead: () => this.#lose(`it left a PING unanswered for ${keepAliveTimeoutMs} ms`),
    });
    this.#idleClose = new IdleClose(this.#options.idleTimeoutMs, () => this.drain());
    this.#events.onOpen(this);
  }

  onSettingsAcknowledged(): void {
    this.#endHandshake();
  }

  onPong(): void {
    this.#keepAlive?.onPong();
  }

  /** RFC 9113 §6.8: what the peer will not process goes elsewhere, the rest may finish here. */
  onGoaway(lastStreamId: number, errorCode: number, debug: string): void {
    const error = wentAway(errorCode, debug);
    this.drain();
    for (const stream of this.streams.values()) {
      if (stream.id > lastStreamId) stream.onLost(error, true);
    }
  }

  /** Takes no new stream and closes once the last has ended. */
  drain(): void {
    if (this.#state.kind === 'connecting') {
      this.#lose('the transport was closed');
      return;
    }
    if (this.#state.kind !== 'open') return;
    this.#state = { kind: 'draining' };
    this.#events.onDraining(this);
    for (const stream of this.streams.values()) stream.onDraining();
    if (this.streams.size === 0) this.#closeGracefully();
  }

  /** Ends every call on the connection with `error`. */
  destroy(error: WeirError): void {
    if (this.#state.kind === 'closed') return;
    for (const stream of this.streams.values()) stream.fail('CANCEL', error);
    if (this.#state.kind === 'connecting') this.#lose('the transport was closed');
    else this.#closeGracefully();
  }

  #onBytes(bytes: Buffer, start: number, end: number): void {
    if (this.#state.kind === 'closed') return;
    this.#keepAlive?.onHeard();
    try {
      this.#reader.read(bytes, start, end);
      // Calls stop at a quarter of this; the rest are answers to frames of a peer that reads none (§10.5).
      if (this.#socket.writableLength > 4 * MOST_UNSENT_OCTETS) {
        throw new ConnectionError('ENHANCE_YOUR_CALM', 'it sends and does not read');
      }
    } catch (error) {
      this.#onFault(error);
    }
  }

  /** RFC 9113 §5.4.1: say why, then close. */
  #onFault(error: unknown): void {
    if (this.#state.kind === 'closed') return;
    const code = error instanceof ConnectionError ? error.code : 'INTERNAL_ERROR';
    const message = error instanceof Error ? error.message : String(error);
    this.#cause = error instanceof Error ? error : undefined;
    const lastFlushedId = this.#lastFlushedId;
    // Calls begun in this very tick have not left yet, and so may safely begin elsewhere.
    this.writer.discard();
    this.writer.goaway(0, ERROR_CODE[code], message);
    this.writer.flush();
    this.#lastFlushedId = lastFlushedId;
    this.#lose(`it broke HTTP/2: ${message}`);
  }

  /** Until the peer's SETTINGS the connect is late, after them only their acknowledgement (§6.5.3). */
  #onHandshakeTimeout(): void {
    const within = `in ${this.#options.connectTimeoutMs} ms`;
    if (this.#state.kind === 'connecting') this.#lose(`it did not answer ${within}`);
    else
      this.#onFault(new ConnectionError('SETTINGS_TIMEOUT', `no SETTINGS acknowledged ${within}`));
  }

  #sendPreface(): void {
    if (this.#state.kind === 'closed') return;
    writePreface(this.writer, {
      initialWindowSize: DEFAULT_WINDOW,
      maxFrameSize: MAX_FRAME_SIZE,
      maxHeaderListSize: this.#options.maxHeaderListBytes,
      connectionWindow: this.#options.connectionWindowBytes,
    });
    this.writer.flush();
  }

  #sendPing(): void {
    this.writer.header(8, FRAME.PING, 0, 0);
    this.writer.payload(new Uint8Array(8), 0, 8);
  }

  #onIdle(): void {
    this.#idleClose?.onUnused();
    if (this.#state.kind === 'draining') this.#closeGracefully();
  }

  #closeGracefully(): void {
    if (this.#state.kind === 'closed') return;
    this.writer.goaway(0, ERROR_CODE.NO_ERROR, '');
    this.writer.flush();
    this.#lose('the connection was closed');
  }

  #lose(reason: string): void {
    if (this.#state.kind === 'closed') return;
    const wasOpen = this.#state.kind !== 'connecting';
    const error = connectionEnded(reason, wasOpen, this.#cause);
    this.#state = { kind: 'closed', error };
    this.#endHandshake();
    this.#idleClose?.stop();
    this.#keepAlive?.stop();
    this.writer.close();
    // A GOAWAY that was written before is still to leave.
    closeSoon(this.#socket);
    const unwritten = connectionLost(error.message, true, this.#cause);
    for (const stream of this.streams.values()) {
      stream.onLost(stream.id > this.#lastFlushedId ? unwritten : error, false);
    }
    this.#events.onClosed(this, error, wasOpen);
  }
}
