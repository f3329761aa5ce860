import { type EventEmitter, once } from 'node:events';
import type { Readable } from 'node:stream';
import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  Metadata,
} from '@grpc/grpc-js';
import { type CallContext, RunningCall, type ServerCall } from './call-context.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Report } from './report.ts';
import { faultOf } from './side-door.ts';
import { StatusError } from './status-error.ts';

type Unary<Request, Response> = (
  request: Request,
  context: CallContext,
) => Response | Promise<Response>;

/** Leaves by throwing a {@link StatusError}, or the signal's reason once that was aborted. */
type Streaming<Request, Response> = (
  request: Request,
  context: CallContext,
) => AsyncIterable<Response>;

interface Output<Response> extends EventEmitter {
  write(message: Response): boolean;
  end(trailers?: Metadata): void;
}

/** All running calls of one server, and how plain functions become its methods. */
export class Calls {
  readonly #running = new Set<RunningCall>();
  readonly #streams = new Set<RunningCall>();
  readonly #report: Report;
  readonly #clock: Clock;
  #drained: (() => void) | undefined;

  constructor(report: Report, clock: Clock = systemClock) {
    this.#report = report;
    this.#clock = clock;
  }

  unary<Request, Response>(method: Unary<Request, Response>): handleUnaryCall<Request, Response> {
    return (call, callback) => {
      void this.#run(
        call,
        async (running) => one(running, await method(call.request, running)),
        (outcome, trailers) => {
          if (outcome instanceof StatusError) callback(outcome.toStatus());
          else callback(null, outcome, trailers);
        },
      );
    };
  }

  clientStreaming<Request, Response>(
    method: Unary<AsyncIterable<Request>, Response>,
  ): handleClientStreamingCall<Request, Response> {
    return (call, callback) => {
      void this.#run(
        call,
        async (running) => one(running, await method(messagesOf(call), running)),
        (outcome, trailers) => {
          if (outcome instanceof StatusError) callback(outcome.toStatus());
          else callback(null, outcome, trailers);
        },
      );
    };
  }

  serverStreaming<Request, Response>(
    method: Streaming<Request, Response>,
  ): handleServerStreamingCall<Request, Response> {
    return (call) => this.#stream(call, call, (running) => method(call.request, running));
  }

  bidi<Request, Response>(
    method: Streaming<AsyncIterable<Request>, Response>,
  ): handleBidiStreamingCall<Request, Response> {
    return (call) => this.#stream(call, call, (running) => method(messagesOf(call), running));
  }

  /** Cuts the streams with UNAVAILABLE, and resolves when unary calls have been answered too. */
  async drain(): Promise<void> {
    const reason = new StatusError('UNAVAILABLE', 'The backend is shutting down');
    for (const running of this.#streams) running.abort(reason);
    if (this.#running.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
  }

  #stream<Response>(
    call: ServerCall,
    output: Output<Response>,
    method: (running: RunningCall) => AsyncIterable<Response>,
  ): void {
    const send = async (running: RunningCall) => {
      this.#streams.add(running);
      for await (const message of method(running)) {
        if (running.door.failAfter === running.messages) throw faultOf(running.door);
        running.countMessage();
        // Flow control: the next message waits until the peer took enough of the earlier ones.
        if (!output.write(message)) await once(output, 'drain', running);
      }
    };
    void this.#run(call, send, (outcome, trailers) => {
      if (outcome instanceof StatusError) output.emit('error', outcome.toStatus());
      else output.end(trailers);
    });
  }

  async #run<Outcome>(
    call: ServerCall,
    method: (running: RunningCall) => Promise<Outcome>,
    answer: (outcome: Outcome | StatusError, trailers: Metadata) => void,
  ): Promise<void> {
    const running = new RunningCall(call, this.#report);
    this.#running.add(running);
    const outcome = await this.#attempt(running, method);
    answer(outcome, running.trailers);
    running.ended(outcome instanceof StatusError ? outcome.code : 'OK');
    this.#streams.delete(running);
    this.#running.delete(running);
    if (this.#running.size === 0) this.#drained?.();
  }

  async #attempt<Outcome>(
    running: RunningCall,
    method: (running: RunningCall) => Promise<Outcome>,
  ): Promise<Outcome | StatusError> {
    try {
      const { door } = running;
      running.sendHeaders();
      if (door.delayMs > 0) await this.#clock.sleep(door.delayMs, running.signal);
      if (door.fail !== undefined && door.failAfter === undefined) throw faultOf(door);
      return await method(running);
    } catch (thrown) {
      if (running.signal.aborted) return running.signal.reason;
      if (thrown instanceof StatusError) return thrown;
      console.error(thrown);
      return new StatusError('INTERNAL', 'The backend failed while handling this call');
    }
  }
}

function one<Response>(running: RunningCall, response: Response): Response {
  running.countMessage();
  return response;
}

/** Plain iteration would destroy the stream at its end, and with it the way back to the caller. */
function messagesOf<Message>(
  call: Pick<Readable, 'iterator'> & { read(): Message },
): AsyncIterable<Message> {
  return call.iterator({ destroyOnReturn: false });
}
