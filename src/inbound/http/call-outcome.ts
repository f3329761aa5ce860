import type { Call } from '../../pipeline/call.ts';
import { type ErrorContext, HTTP_STATUS_BY_TRPC_CODE } from '../../procedures/error-shape.ts';
import type { Procedure, UnaryProcedure } from '../../procedures/procedure.ts';
import { logFault } from '../log-fault.ts';
import { toShape } from '../refusal.ts';
import type { Exchange, ResponseHeaders } from './exchange.ts';

/** What one call of an HTTP request came to: its part of the body, ready as JSON text. */
export interface CallOutcome {
  readonly status: number;
  readonly json: string;
  readonly headers: ResponseHeaders;
}

/** Calls back exactly once, never before it returned control to a pending promise of the handler. */
export function invoke(
  { log, requestId }: Exchange,
  procedure: UnaryProcedure,
  call: Call,
  onOutcome: (outcome: CallOutcome) => void,
): void {
  const onFailure = (thrown: unknown) => {
    const { path } = procedure.method;
    logFault(log, thrown, { path, requestId });
    onOutcome(toFailure(thrown, { procedureType: procedure.type, path, requestId }));
  };
  try {
    procedure
      .handle(call)
      .then(
        ({ json, headers }) =>
          onOutcome({ status: 200, json: `{"result":{"data":${json}}}`, headers }),
        onFailure,
      );
  } catch (thrown) {
    onFailure(thrown);
  }
}

export function toFailure(thrown: unknown, context: ErrorContext): CallOutcome {
  const shape = toShape(thrown, context);
  const { retryAfterMs } = shape.data;
  return {
    status: HTTP_STATUS_BY_TRPC_CODE[shape.data.code],
    json: `{"error":${JSON.stringify(shape)}}`,
    headers:
      retryAfterMs === undefined ? [] : [['retry-after', String(Math.ceil(retryAfterMs / 1000))]],
  };
}

export function contextOf(
  procedure: Procedure | undefined,
  path: string,
  requestId: string,
): ErrorContext {
  return { procedureType: procedure?.type ?? 'unknown', path, requestId };
}
