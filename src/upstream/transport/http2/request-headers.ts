import { WeirError } from '../../../errors.ts';
import type { Metadata } from '../transport.ts';
import { FLAG, FRAME, FRAME_HEADER_OCTETS } from './frame-type.ts';
import type { FrameWriter } from './frame-writer.ts';
import { BLOCK_SLACK, type RequestBlockWriter } from './request-block.ts';
import type { PeerSettings } from './settings.ts';

/** Puts the header block of a request into HEADERS and, where it is long, CONTINUATION frames. */
export class RequestHeaderWriter {
  readonly #writer: FrameWriter;
  readonly #blocks: RequestBlockWriter;

  constructor(writer: FrameWriter, blocks: RequestBlockWriter) {
    this.#writer = writer;
    this.#blocks = blocks;
  }

  setMaxTableSize(size: number): void {
    this.#blocks.setMaxTableSize(size);
  }

  /** Throws `WeirError`, having written nothing, where the metadata cannot be sent or is too much. */
  write(
    streamId: number,
    rpcPath: string,
    metadata: Metadata,
    grpcTimeout: string | undefined,
    peer: PeerSettings,
  ): void {
    const most = this.#blocks.mostOctets(rpcPath, metadata);
    if (most - BLOCK_SLACK > peer.maxHeaderListSize) throw tooLarge(peer.maxHeaderListSize);
    const writer = this.#writer;
    writer.reserve(FRAME_HEADER_OCTETS + most);
    // The block goes where it will stand; its frame header is written before it, once its length is known.
    const start = writer.position + FRAME_HEADER_OCTETS;
    const end = this.#blocks.write(rpcPath, metadata, grpcTimeout, writer.slab, start);
    const limit = peer.maxFrameSize;
    if (end - start <= limit) {
      writer.header(end - start, FRAME.HEADERS, FLAG.END_HEADERS, streamId);
      writer.advance(end);
      return;
    }
    const block = Buffer.from(writer.slab.subarray(start, end));
    for (let at = 0; at < block.length; at += limit) {
      const to = Math.min(at + limit, block.length);
      const type = at === 0 ? FRAME.HEADERS : FRAME.CONTINUATION;
      writer.header(to - at, type, to === block.length ? FLAG.END_HEADERS : 0, streamId);
      writer.payload(block, at, to);
    }
  }
}

function tooLarge(limit: number): WeirError {
  return new WeirError(
    'RESOURCE_EXHAUSTED',
    `The metadata of the call is above the ${limit} bytes the backend accepts.`,
    { neverSent: true },
  );
}
