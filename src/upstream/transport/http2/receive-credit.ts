import { FRAME } from './frame-type.ts';
import type { FrameWriter } from './frame-writer.ts';
import type { ReceiveWindow } from './receive-window.ts';
import { DEFAULT_WINDOW } from './settings.ts';

export interface CreditLimits {
  readonly connectionWindowBytes: number;
  readonly streamWindowBytes: number;
}

/** Lets the peer of a connection send again as what it sent is read (RFC 9113 §5.2, §6.9). */
export class ReceiveCredit {
  readonly #window: ReceiveWindow;
  readonly #limits: CreditLimits;
  readonly #writer: FrameWriter;
  readonly #streams: { readonly size: number };

  /** @param window the connection's own */
  constructor(
    window: ReceiveWindow,
    limits: CreditLimits,
    writer: FrameWriter,
    streams: { readonly size: number },
  ) {
    this.#window = window;
    this.#limits = limits;
    this.#writer = writer;
    this.#streams = streams;
  }

  /**
   * What the window of one stream may grow to now: half the connection's in equal parts, for what readers
   * who stopped leave unread is memory.
   */
  get largestStreamWindow(): number {
    const { streamWindowBytes, connectionWindowBytes } = this.#limits;
    const fair = Math.floor(connectionWindowBytes / 2 / Math.max(1, this.#streams.size));
    return Math.max(DEFAULT_WINDOW, Math.min(streamWindowBytes, fair));
  }

  /** The connection carries so much again; its streams tell of theirs by {@link announce}. */
  giveBack(octets: number): void {
    const increment = this.#window.release(octets, this.#limits.connectionWindowBytes);
    if (increment > 0) this.announce(0, increment);
  }

  /** @param streamId 0 for the connection */
  announce(streamId: number, increment: number): void {
    if (!this.#writer.closed) this.#writer.numberFrame(FRAME.WINDOW_UPDATE, streamId, increment);
  }
}
