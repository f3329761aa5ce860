import { WeirError } from '../../errors.ts';
import type { Call } from '../../pipeline/call.ts';
import type { Reply } from '../../pipeline/reply.ts';
import { type ErrorContext, HTTP_STATUS_BY_TRPC_CODE } from '../../procedures/error-shape.ts';
import type { Procedure, UnaryProcedure } from '../../procedures/procedure.ts';
import { logFault } from '../log-fault.ts';
import { toShape } from '../refusal.ts';
import { replyMarks } from '../reply-marks.ts';
import type { Exchange, ResponseHeaders } from './exchange.ts';

/** What one call of an HTTP request came to: its part of the body, ready as JSON text. */
export interface CallOutcome {
  readonly status: number;
  readonly json: string;
  readonly headers: ResponseHeaders;
}

/** Calls back exactly once: before it returns where the handler answers at once. */
export function invoke(
  exchange: Exchange,
  procedure: UnaryProcedure,
  call: Call,
  onOutcome: (outcome: CallOutcome) => void,
): void {
  const { log, requestId } = exchange;
  const onReply = (reply: Reply) =>
    onOutcome({ status: 200, json: toResult(reply), headers: reply.headers });
  const onFailure = (thrown: unknown) => {
    const { path } = procedure.method;
    logFault(log, thrown, { path, requestId });
    onOutcome(toFailure(thrown, { procedureType: procedure.type, path, requestId }));
  };
  let reply: Reply | Promise<Reply>;
  try {
    reply = procedure.handle(call);
  } catch (thrown) {
    onFailure(thrown);
    return;
  }
  if (reply instanceof Promise) {
    exchange.cancelWhenClosed();
    reply.then(onReply, onFailure);
  } else {
    onReply(reply);
  }
}

function toResult(reply: Reply): string {
  return `{"result":{"data":${reply.json}${replyMarks(reply)}}}`;
}

export function toFailure(thrown: unknown, context: ErrorContext): CallOutcome {
  const shape = toShape(thrown, context);
  const { retryAfterMs, attempts } = shape.data;
  return {
    status: HTTP_STATUS_BY_TRPC_CODE[shape.data.code],
    json: `{"error":${JSON.stringify(shape)}}`,
    headers: [...ownHeaders(thrown), ...retryAfter(retryAfterMs), ...attemptsOf(attempts)],
  };
}

/** What the gateway itself says with a refusal, such as `RateLimit`; what a backend said stays here. */
function ownHeaders(thrown: unknown): ResponseHeaders {
  return thrown instanceof WeirError && thrown.origin === 'gateway' ? thrown.metadata : [];
}

function retryAfter(ms: number | undefined): ResponseHeaders {
  return ms === undefined ? [] : [['retry-after', String(Math.ceil(ms / 1000))]];
}

function attemptsOf(attempts: number | undefined): ResponseHeaders {
  return attempts === undefined ? [] : [['weir-attempts', String(attempts)]];
}

export function contextOf(
  procedure: Procedure | undefined,
  path: string,
  requestId: string,
): ErrorContext {
  return { procedureType: procedure?.type ?? 'unknown', path, requestId };
}
