import type { CallerSession } from '../../auth/caller-session.ts';
import { WeirError } from '../../errors.ts';
import { Cancellation } from '../../lib/cancellation.ts';
import type { Call, Peer } from '../../pipeline/call.ts';
import type { Reply } from '../../pipeline/reply.ts';
import type { Procedure, StreamProcedure, UnaryProcedure } from '../../procedures/procedure.ts';
import { toResumePoint } from '../../procedures/resume-point.ts';
import type { FrontOptions } from '../front-options.ts';
import { logFault } from '../log-fault.ts';
import { Refusal, toShape } from '../refusal.ts';
import { reportIfRefusal } from '../report-refusal.ts';
import type { CallMessage, RequestId } from './client-message.ts';
import type { FrameOutbox } from './frame-outbox.ts';
import { errorFrame, frameHead, replyFrame } from './reply-frames.ts';
import { SocketSubscription } from './socket-subscription.ts';
import type { WebSocketLimits } from './websocket-limits.ts';

export interface SocketCallsOptions {
  readonly front: FrontOptions;
  readonly limits: WebSocketLimits;
  readonly outbox: FrameOutbox;
  readonly peer: Peer;
  /** Read for every call, so that who the caller is may change while the socket lives. */
  readonly headers: () => Call['headers'];
  readonly session: () => CallerSession;
  /** A query or mutation was answered. */
  readonly onAnswered: () => void;
}

/** The calls of one socket, by the id that its client gave them. */
export class SocketCalls {
  readonly #options: SocketCallsOptions;
  readonly #running = new Map<RequestId, Cancellation>();
  readonly #subscriptions = new Map<RequestId, SocketSubscription>();

  constructor(options: SocketCallsOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running.size;
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  start(message: CallMessage): void {
    const { front, limits, outbox } = this.#options;
    const head = frameHead(message.id, message.jsonrpc);
    const requestId = front.newRequestId();
    try {
      if (this.#running.has(message.id) || this.#subscriptions.has(message.id)) {
        throw new Refusal('BAD_REQUEST', `Duplicate id ${message.id}`);
      }
      const procedure = front.procedures().get(message.path);
      if (procedure === undefined || procedure.type !== message.type) {
        throw new Refusal('NOT_FOUND', `No "${message.type}"-procedure on path "${message.path}"`);
      }
      if (procedure.type === 'subscription') {
        refuseAbove(this.#subscriptions.size, limits.maxSubscriptionsPerSocket, 'subscriptions');
        this.#subscribe(procedure, message, head, requestId);
      } else {
        refuseAbove(this.#running.size, limits.maxCallsPerSocket, 'calls');
        this.#invoke(procedure, message, head, requestId);
      }
    } catch (thrown) {
      const { type, path } = message;
      reportIfRefusal(front.onRefused, thrown, {
        requestId,
        wire: 'websocket',
        address: this.#options.peer.address,
        path,
      });
      outbox.push(errorFrame(head, toShape(thrown, { procedureType: type, path, requestId })));
    }
  }

  /** Unknown ids are ended calls whose answer crossed the stop on its way. */
  stop(id: RequestId): void {
    this.#subscriptions.get(id)?.stop();
    this.#running.get(id)?.cancel(new WeirError('CANCELLED', 'The caller stopped the call.'));
  }

  cancelAll(reason: WeirError): void {
    for (const cancellation of [...this.#running.values()]) cancellation.cancel(reason);
    for (const subscription of [...this.#subscriptions.values()]) subscription.stop();
  }

  resume(): void {
    for (const subscription of this.#subscriptions.values()) subscription.resume();
  }

  #subscribe(
    procedure: StreamProcedure,
    message: CallMessage,
    head: string,
    requestId: string,
  ): void {
    const { id } = message;
    const { input, lastEventId } = toResumePoint(
      procedure.method,
      message.input,
      message.lastEventId,
    );
    const call = this.#toCall(procedure, requestId, { ...message, input, lastEventId });
    let ended = false;
    const subscription = new SocketSubscription({
      head,
      procedure,
      call,
      outbox: this.#options.outbox,
      log: this.#options.front.log,
      onEnded: () => {
        ended = true;
        this.#subscriptions.delete(id);
      },
    });
    if (!ended) this.#subscriptions.set(id, subscription);
  }

  #invoke(procedure: UnaryProcedure, message: CallMessage, head: string, requestId: string): void {
    const { front, outbox, onAnswered } = this.#options;
    const { id, path, type } = message;
    const call = this.#toCall(procedure, requestId, { ...message, lastEventId: undefined });
    const answer = (frame: string) => {
      this.#running.delete(id);
      outbox.push(frame);
      onAnswered();
    };
    const fail = (thrown: unknown) => {
      logFault(front.log, thrown, { path, requestId });
      answer(errorFrame(head, toShape(thrown, { procedureType: type, path, requestId })));
    };
    this.#running.set(id, call.cancellation);
    const succeed = (reply: Reply) => answer(replyFrame(head, reply));
    let reply: Reply | Promise<Reply>;
    try {
      reply = procedure.handle(call);
    } catch (thrown) {
      fail(thrown);
      return;
    }
    if (reply instanceof Promise) reply.then(succeed, fail);
    else succeed(reply);
  }

  #toCall(
    { method }: Procedure,
    id: string,
    { input, lastEventId, trace }: Pick<CallMessage, 'input' | 'lastEventId' | 'trace'>,
  ): Call {
    const { headers, session, peer } = this.#options;
    return {
      id,
      method,
      wire: 'websocket',
      input,
      headers: trace === undefined ? headers() : { ...headers(), ...trace },
      peer,
      session: session(),
      cancellation: new Cancellation(),
      deadline: undefined,
      lastEventId,
    };
  }
}

function refuseAbove(count: number, max: number, what: 'subscriptions' | 'calls'): void {
  if (count < max) return;
  throw new Refusal(
    'TOO_MANY_REQUESTS',
    `This socket has ${max} ${what} already, which is all it may have. End some first, or open another socket.`,
  );
}
