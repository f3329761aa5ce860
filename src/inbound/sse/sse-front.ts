import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../../pipeline/call.ts';
import type { StreamProcedure } from '../../procedures/procedure.ts';
import { toResumePoint } from '../../procedures/resume-point.ts';
import type { Exchange } from '../http/exchange.ts';
import { Refusal, toShape } from '../refusal.ts';
import { isResumeId } from '../stream-pump.ts';
import { connectedEvent, errorEvent } from './sse-events.ts';
import type { SseSettings } from './sse-settings.ts';
import { SseStream } from './sse-stream.ts';

/** `X-Accel-Buffering` keeps nginx from holding events back. */
const STREAM_HEADERS = [
  ['cache-control', 'no-cache, no-transform'],
  ['x-accel-buffering', 'no'],
] as const;

/** Subscriptions over Server-Sent Events, as the stock `httpSubscriptionLink` reads them. */
export interface SseFront {
  open(
    exchange: Exchange,
    procedure: StreamProcedure,
    input: unknown,
    headers: Call['headers'],
    lastEventId: string | undefined,
  ): void;
  /** Answers as a stream that fails at once: EventSource shows clients nothing of another status. */
  refuse(exchange: Exchange, procedure: StreamProcedure, thrown: unknown): void;
  readonly subscriptions: number;
  /** Bytes that wait for readers. */
  readonly bufferedBytes: number;
  /** Ends every stream within `drainJitterMs`, in a way that makes its client reconnect. */
  drain(): Promise<void>;
}

export function createSseFront(settings: SseSettings): SseFront {
  const streams = new Set<SseStream>();
  let draining = false;

  /** Spread out, so that the clients of a gateway do not all reach the next one in the same second. */
  function retryMs(): number {
    return 1000 + Math.floor(Math.random() * settings.drainJitterMs);
  }

  function open(
    exchange: Exchange,
    procedure: StreamProcedure,
    rawInput: unknown,
    headers: Call['headers'],
    given: string | undefined,
  ): void {
    if (streams.size >= settings.maxSubscriptions) {
      // Not SERVICE_UNAVAILABLE: stock clients repeat a refused subscription for ever on −32603.
      refuse(
        exchange,
        procedure,
        new Refusal(
          'TOO_MANY_REQUESTS',
          `The gateway serves ${settings.maxSubscriptions} subscriptions already. Try again later.`,
          settings.drainJitterMs,
        ),
      );
      return;
    }
    const heldEventId = isResumeId(given) ? given : undefined;
    const { input, lastEventId } = toResumePoint(procedure.method, rawInput, heldEventId);
    const { response } = exchange;
    response.writeHead(200, exchange.headersFor('text/event-stream', STREAM_HEADERS));
    exchange.cancelWhenClosed();
    const stream = new SseStream({
      exchange,
      procedure,
      call: exchange.call(procedure, 'sse', input, headers, lastEventId),
      settings,
      heldEventId,
      onClosed: (closed) => streams.delete(closed),
    });
    // A handler may refuse before it returns.
    if (stream.ended) return;
    streams.add(stream);
    if (draining) stream.sendAway(retryMs());
  }

  function refuse(exchange: Exchange, procedure: StreamProcedure, thrown: unknown): void {
    const shape = toShape(thrown, {
      procedureType: 'subscription',
      path: procedure.method.path,
      requestId: exchange.requestId,
    });
    exchange.response.writeHead(200, exchange.headersFor('text/event-stream', STREAM_HEADERS));
    exchange.response.end(connectedEvent(settings.reconnectAfterInactivityMs) + errorEvent(shape));
  }

  return {
    open,
    refuse,
    get subscriptions() {
      return streams.size;
    },
    get bufferedBytes() {
      let bytes = 0;
      for (const stream of streams) bytes += stream.bufferedBytes;
      return bytes;
    },
    async drain() {
      draining = true;
      await Promise.all(
        [...streams].map(async (stream) => {
          // As for a WebSocket: the sockets keep the process, not the wait.
          await sleep(Math.random() * settings.drainJitterMs, undefined, { ref: false });
          stream.sendAway(retryMs());
        }),
      );
    },
  };
}
