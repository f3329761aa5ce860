import type { CallStream } from './call-stream.ts';
import type { ConnectionState } from './connection-state.ts';
import { ConnectionError, type ErrorCodeName } from './error-code.ts';
import { FieldSectionDecoder } from './field-section-decoder.ts';
import { FloodGuard } from './flood-guard.ts';
import type { FrameHandler } from './frame-reader.ts';
import { FLAG, FRAME } from './frame-type.ts';
import type { FrameWriter } from './frame-writer.ts';
import { HeaderAssembly } from './header-assembly.ts';
import type { ReceiveCredit } from './receive-credit.ts';
import type { ReceiveWindow } from './receive-window.ts';
import type { RecentResets } from './recent-resets.ts';
import type { SendScheduler } from './send-scheduler.ts';
import type { PeerSettings } from './settings.ts';
import type { StreamIds } from './stream-ids.ts';
import type { StreamTable } from './stream-table.ts';

const PRIORITY_OCTETS = 5;
const USEFUL_INCREMENT = 1_024;

/** What reading asks of the connection. */
export interface ReaderHost {
  readonly state: ConnectionState;
  readonly peer: PeerSettings;
  readonly streams: StreamTable<CallStream>;
  readonly resets: RecentResets;
  readonly ids: StreamIds;
  readonly window: ReceiveWindow;
  readonly credit: ReceiveCredit;
  readonly scheduler: SendScheduler;
  readonly writer: FrameWriter;
  reset(streamId: number, code: ErrorCodeName): void;
  onPeerSettings(initialWindowChange: number): void;
  onSettingsAcknowledged(): void;
  onPong(): void;
  onGoaway(lastStreamId: number, errorCode: number, debug: string): void;
}

/** What a connection does with the frames of its peer (RFC 9113 §5, §6). */
export class ConnectionReader implements FrameHandler {
  readonly #connection: ReaderHost;
  readonly #sections: FieldSectionDecoder;
  readonly #assembly: HeaderAssembly;
  readonly #floods = new FloodGuard();
  #settingsSeen = false;
  #dataStream: CallStream | undefined;
  #dataLength = 0;
  #dataEnds = false;

  constructor(connection: ReaderHost, maxHeaderListBytes: number) {
    this.#connection = connection;
    this.#sections = new FieldSectionDecoder(maxHeaderListBytes);
    // A list below its limit takes at most this much: a literal costs less than its 32 octets of overhead,
    // and Huffman coding lengthens no octet beyond 30 bits.
    this.#assembly = new HeaderAssembly(4 * maxHeaderListBytes);
  }

  onFrameHeader(type: number, streamId: number): void {
    if (!this.#settingsSeen && type !== FRAME.SETTINGS) {
      throw new ConnectionError('PROTOCOL_ERROR', 'its preface does not begin with SETTINGS');
    }
    const unfinished = this.#assembly.streamId;
    if (unfinished === 0 && type === FRAME.CONTINUATION) {
      throw new ConnectionError(
        'PROTOCOL_ERROR',
        'CONTINUATION without a header block to continue',
      );
    }
    if (unfinished !== 0 && (type !== FRAME.CONTINUATION || streamId !== unfinished)) {
      throw new ConnectionError('PROTOCOL_ERROR', 'a header block is interrupted');
    }
  }

  onFrame(
    type: number,
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    switch (type) {
      case FRAME.HEADERS: {
        this.#onHeaders(flags, streamId, bytes, start, end);
        return;
      }
      case FRAME.CONTINUATION: {
        this.#onContinuation(flags, streamId, bytes, start, end);
        return;
      }
      case FRAME.RST_STREAM: {
        this.#onReset(streamId, bytes.readUInt32BE(start));
        return;
      }
      case FRAME.SETTINGS: {
        this.#onSettings(flags, bytes, start, end);
        return;
      }
      case FRAME.PING: {
        this.#onPing(flags, bytes, start, end);
        return;
      }
      case FRAME.GOAWAY: {
        this.#onGoaway(bytes, start, end);
        return;
      }
      case FRAME.WINDOW_UPDATE: {
        this.#onWindowUpdate(streamId, bytes.readUInt32BE(start) & 0x7fff_ffff);
        return;
      }
      case FRAME.PRIORITY:
        if (end - start !== PRIORITY_OCTETS) this.#onStreamFault(streamId);
        this.#floods.onIdle();
        return;
      default:
        // Unknown types are ignored (§4.1, §5.5), but not without limit.
        this.#floods.onIdle();
    }
  }

  onDataStart(streamId: number, flags: number, length: number): void {
    const connection = this.#connection;
    if (!connection.window.take(length)) {
      throw new ConnectionError('FLOW_CONTROL_ERROR', 'it overran the window of the connection');
    }
    const ends = (flags & FLAG.END_STREAM) !== 0;
    if (length === 0 && !ends) this.#floods.onIdle();
    const stream = this.#findStream(streamId);
    this.#dataStream = stream?.onDataStart(length) === true ? stream : undefined;
    if (this.#dataStream !== undefined && length > 0) this.#floods.onUseful();
    this.#dataLength = length;
    this.#dataEnds = ends;
    if (this.#dataStream === undefined && length > 0) connection.credit.giveBack(length);
  }

  onDataBytes(bytes: Buffer, start: number, end: number): void {
    this.#dataStream?.onDataBytes(bytes, start, end);
  }

  onDataEnd(): void {
    const stream = this.#dataStream;
    this.#dataStream = undefined;
    stream?.onDataEnd(this.#dataLength, this.#dataEnds);
  }

  #onHeaders(flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    let from = start;
    let to = end;
    if ((flags & FLAG.PADDED) !== 0) {
      if (from >= to) throw new ConnectionError('FRAME_SIZE_ERROR', 'HEADERS without a pad length');
      to -= bytes[from] ?? 0;
      from += 1;
    }
    if ((flags & FLAG.PRIORITY) !== 0) from += PRIORITY_OCTETS;
    if (from > end) {
      throw new ConnectionError('FRAME_SIZE_ERROR', 'HEADERS too short for its flags');
    }
    if (to < from) throw new ConnectionError('PROTOCOL_ERROR', 'the padding of HEADERS exceeds it');
    this.#refuseIdle(streamId);
    if ((flags & FLAG.END_HEADERS) !== 0) {
      this.#onBlock(streamId, (flags & FLAG.END_STREAM) !== 0, bytes, from, to);
    } else {
      this.#assembly.begin(streamId, flags, bytes, from, to);
    }
  }

  #onContinuation(
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const block = this.#assembly.continue(flags, bytes, start, end);
    if (block !== undefined) {
      this.#onBlock(streamId, this.#assembly.endStream, block, 0, block.length);
    }
  }

  #onBlock(streamId: number, ends: boolean, bytes: Buffer, start: number, end: number): void {
    // Also the block of a stream that is gone changes the table (§4.3).
    const section = this.#sections.decode(bytes, start, end);
    if (section.httpStatus > 0 && section.httpStatus < 200) this.#floods.onIdle();
    this.#findStream(streamId)?.onHeaders(section, ends);
  }

  #onReset(streamId: number, code: number): void {
    this.#refuseIdle(streamId);
    const stream = this.#connection.streams.get(streamId);
    if (stream === undefined) this.#floods.onIdle();
    else stream.onReset(code, this.#connection.state.kind === 'draining');
  }

  #onSettings(flags: number, bytes: Buffer, start: number, end: number): void {
    const connection = this.#connection;
    if ((flags & FLAG.ACK) !== 0) {
      if (!this.#settingsSeen) {
        throw new ConnectionError('PROTOCOL_ERROR', 'its preface begins with an acknowledgement');
      }
      this.#floods.onIdle();
      connection.onSettingsAcknowledged();
      return;
    }
    this.#floods.onIdle();
    this.#settingsSeen = true;
    const before = connection.peer.initialWindowSize;
    connection.peer.apply(bytes, start, end);
    connection.writer.header(0, FRAME.SETTINGS, FLAG.ACK, 0);
    connection.onPeerSettings(connection.peer.initialWindowSize - before);
  }

  #onPing(flags: number, bytes: Buffer, start: number, end: number): void {
    if ((flags & FLAG.ACK) !== 0) {
      this.#floods.onIdle();
      this.#connection.onPong();
      return;
    }
    this.#floods.onIdle();
    const writer = this.#connection.writer;
    writer.header(8, FRAME.PING, FLAG.ACK, 0);
    writer.payload(bytes, start, end);
  }

  #onGoaway(bytes: Buffer, start: number, end: number): void {
    this.#floods.onIdle();
    const lastStreamId = bytes.readUInt32BE(start) & 0x7fff_ffff;
    const debug = bytes.toString('latin1', start + 8, Math.min(end, start + 8 + 128));
    this.#connection.onGoaway(lastStreamId, bytes.readUInt32BE(start + 4), debug);
  }

  #onWindowUpdate(streamId: number, increment: number): void {
    const connection = this.#connection;
    // Smaller increments move no upload on; 2^31-1 bounds how many larger ones there can be.
    if (increment >= USEFUL_INCREMENT) this.#floods.onUseful();
    if (streamId === 0) {
      if (increment === 0) {
        throw new ConnectionError('PROTOCOL_ERROR', 'a WINDOW_UPDATE of 0 for the connection');
      }
      if (!connection.scheduler.addCredit(increment)) {
        throw new ConnectionError('FLOW_CONTROL_ERROR', 'a connection window above 2^31-1');
      }
      return;
    }
    this.#refuseIdle(streamId);
    const stream = connection.streams.get(streamId);
    if (stream === undefined) return;
    if (increment === 0) {
      stream.onFault('PROTOCOL_ERROR', 'a WINDOW_UPDATE of 0');
      return;
    }
    if (!stream.sending.addCredit(increment)) {
      stream.onFault('FLOW_CONTROL_ERROR', 'a stream window above 2^31-1');
      return;
    }
    connection.scheduler.schedule(stream);
  }

  #onStreamFault(streamId: number): void {
    this.#connection.streams
      .get(streamId)
      ?.onFault('FRAME_SIZE_ERROR', 'a PRIORITY frame of a wrong length');
  }

  /** The stream a frame is for; one that is closed is answered as RFC 9113 §5.1 asks. */
  #findStream(streamId: number): CallStream | undefined {
    const stream = this.#connection.streams.get(streamId);
    if (stream !== undefined) return stream;
    this.#refuseIdle(streamId);
    if (!this.#connection.resets.has(streamId)) {
      this.#floods.onIdle();
      this.#connection.reset(streamId, 'STREAM_CLOSED');
    }
    return undefined;
  }

  /** Streams nobody opened: ours that are yet to come, and the peer's, which may open none. */
  #refuseIdle(streamId: number): void {
    if (this.#connection.ids.isIdle(streamId)) {
      throw new ConnectionError('PROTOCOL_ERROR', `a frame for stream ${streamId}, which is idle`);
    }
  }
}
