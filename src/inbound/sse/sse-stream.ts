import type { ServerResponse } from 'node:http';
import { WeirError } from '../../errors.ts';
import type { Call } from '../../pipeline/call.ts';
import type { StreamItem } from '../../pipeline/reply.ts';
import type { StreamProcedure } from '../../procedures/procedure.ts';
import type { FrontLog } from '../front-options.ts';
import type { Exchange } from '../http/exchange.ts';
import { logFault } from '../log-fault.ts';
import { toShape } from '../refusal.ts';
import { type PumpSink, StreamPump } from '../stream-pump.ts';
import { type Flushable, flushAfterTick } from '../tick-flush.ts';
import {
  connectedEvent,
  errorEvent,
  itemEvent,
  PING_EVENT,
  RETURN_EVENT,
  retryField,
} from './sse-events.ts';
import type { SseSettings } from './sse-settings.ts';

/** After the first item of an emit-and-end stream, what comes within this time still goes along. */
const GRACE_MS = 1;

export interface SseStreamOptions {
  readonly exchange: Exchange;
  readonly procedure: StreamProcedure;
  readonly call: Call;
  readonly settings: SseSettings;
  /** The id that the client's EventSource holds now and sends when it reconnects. */
  readonly heldEventId: string | undefined;
  readonly onClosed: (stream: SseStream) => void;
}

/** One subscription on one response. Its head has been written already. */
export class SseStream implements PumpSink, Flushable {
  readonly #exchange: Exchange;
  readonly #response: ServerResponse;
  readonly #log: FrontLog | undefined;
  readonly #settings: SseSettings;
  readonly #call: Call;
  readonly #onClosed: (stream: SseStream) => void;
  readonly #pump: StreamPump | undefined;
  readonly #ping: NodeJS.Timeout | undefined;
  readonly #maxDuration: NodeJS.Timeout | undefined;
  #lastEventId: string | undefined;
  #pending: string;
  #ended = false;
  #held = false;
  /** Bytes that the reader had taken at the last ping. */
  #takenAtPing = -1;
  #grace: NodeJS.Timeout | undefined;

  constructor({ exchange, procedure, call, settings, heldEventId, onClosed }: SseStreamOptions) {
    this.#exchange = exchange;
    this.#response = exchange.response;
    this.#log = exchange.log;
    this.#settings = settings;
    this.#call = call;
    this.#onClosed = onClosed;
    this.#lastEventId = heldEventId;
    this.#pending = connectedEvent(settings.reconnectAfterInactivityMs);
    flushAfterTick(this);
    if (settings.pingIntervalMs > 0) {
      this.#ping = setInterval(() => this.#onSilence(), settings.pingIntervalMs);
    }
    if (settings.maxDurationMs !== undefined) {
      this.#maxDuration = setTimeout(() => this.#leave(''), settings.maxDurationMs);
    }
    call.cancellation.onCancel((reason) => this.#onCancel(reason));
    if (this.#ended) return;
    try {
      this.#pump = new StreamPump(procedure, call, this);
    } catch (thrown) {
      this.onFailure(thrown);
    }
  }

  /** What waits for the reader. */
  get bufferedBytes(): number {
    return this.#response.writableLength + this.#pending.length;
  }

  get ended(): boolean {
    return this.#ended;
  }

  onItem(item: StreamItem): boolean {
    this.#write(itemEvent(item, this.#lastEventId));
    if (item.id) this.#lastEventId = item.id;
    this.#ping?.refresh();
    if (this.#settings.emitAndEndImmediately) {
      this.#grace ??= setTimeout(() => this.#leave(''), GRACE_MS);
    }
    this.#held = this.#isFull();
    return !this.#held;
  }

  onEnd(): void {
    this.#finish(RETURN_EVENT);
  }

  onFailure(thrown: unknown): void {
    const { id, method } = this.#call;
    const context = { procedureType: 'subscription', path: method.path, requestId: id } as const;
    logFault(this.#log, thrown, context);
    this.#finish(errorEvent(toShape(thrown, context)));
  }

  /** Ends without a return event, so that the client comes back after about `retryMs`. */
  sendAway(retryMs: number): void {
    this.#leave(retryField(retryMs));
  }

  /** Nobody is left to tell when the caller went; anything else cut the stream and is an error. */
  #onCancel(reason: Error): void {
    if (this.#response.destroyed) this.#close();
    else this.onFailure(reason);
  }

  flush(): void {
    const text = this.#pending;
    this.#pending = '';
    if (this.#response.destroyed) return;
    if (this.#ended) {
      this.#exchange.end(text);
    } else if (this.#held) {
      this.#response.write(text, this.#onWritten);
    } else {
      this.#response.write(text);
    }
  }

  readonly #onWritten = (): void => {
    if (!this.#held) return;
    if (this.#isFull()) {
      this.#response.write('', this.#onWritten);
      return;
    }
    this.#held = false;
    this.#pump?.resume();
  };

  #onSilence(): void {
    const { socket } = this.#response;
    const waiting = socket?.writableLength ?? 0;
    const taken = (socket?.bytesWritten ?? 0) - waiting;
    // A reader who took nothing between two pings, though there was something, would hold it for ever
    // (the "slow read" attack).
    if (waiting > 0 && taken === this.#takenAtPing) this.#exchange.drop();
    else this.#write(PING_EVENT);
    this.#takenAtPing = taken;
  }

  #isFull(): boolean {
    return this.bufferedBytes > this.#settings.maxBufferedBytes;
  }

  #write(text: string): void {
    if (this.#ended) return;
    if (this.#pending === '') flushAfterTick(this);
    this.#pending += text;
  }

  #finish(lastWords: string): void {
    if (this.#ended) return;
    if (this.#pending === '') flushAfterTick(this);
    this.#pending += lastWords;
    this.#close();
  }

  /** Ends before the source did. */
  #leave(lastWords: string): void {
    this.#finish(lastWords);
    this.#call.cancellation.cancel(new WeirError('CANCELLED', 'The subscription ended.'));
  }

  #close(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#ping);
    clearTimeout(this.#maxDuration);
    clearTimeout(this.#grace);
    this.#pump?.stop();
    this.#onClosed(this);
  }
}
