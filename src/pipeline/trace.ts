import type { CallTracer } from '../telemetry/traces/call-tracer.ts';
import type { CallRecord } from './call-record.ts';

/** Hands a call that ended to the tracer; its trace id if its spans are kept. */
export function traceCall(
  tracer: CallTracer,
  record: Omit<CallRecord, 'traceId'>,
): string | undefined {
  const { call, notes, error, startedAt, durationMs, messages } = record;
  return tracer.end({
    requestId: call.id,
    path: call.method.path,
    rpcPath: call.method.rpcPath,
    stream: call.method.procedureType === 'subscription',
    wire: call.wire,
    clientAddress: call.peer.address,
    startedAt,
    endedAt: startedAt + durationMs,
    code: error?.code,
    message: error?.message,
    messages,
    notes,
  });
}
