import type { Config } from '../config/schema.ts';
import type { WeirError } from '../errors.ts';
import type { Log } from '../telemetry/log.ts';
import { createRatio } from '../telemetry/ratio.ts';
import type { CallRecord } from './call-record.ts';
import { describeSlowCall } from './describe-slow-call.ts';
import type { RecordOptions } from './record.ts';

/** Codes that are a caller's affair; everything else is worth an operator's look. */
const EXPECTED_CODES: ReadonlySet<WeirError['code']> = new Set([
  'CANCELLED',
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNAUTHENTICATED',
  'UNIMPLEMENTED',
]);

/**
 * One line for each call, with everything needed to find it again: failures always, successes at `info`
 * for the given share of them and at `debug` for the rest.
 */
export function createCallLog(
  log: Log,
  { successes, slow }: Pick<Config['log'], 'successes' | 'slow'>,
): RecordOptions['report'] {
  const isTaken = createRatio(successes);
  return function logCall(record) {
    const level = levelOf(record) ?? (isTaken() ? 'info' : 'debug');
    if (log.isLevelEnabled(level)) writeCall(log, level, record);
    // A stream is long by nature.
    if (record.durationMs > slow && record.call.method.procedureType !== 'subscription') {
      log.warn({ requestId: record.call.id, tree: describeSlowCall(record) }, 'slow call');
    }
  };
}

/** Undefined for a success, of which the log needs to know few. */
function levelOf({ error, notes }: CallRecord): 'info' | 'warn' | undefined {
  if (notes.fallback !== undefined) return 'warn';
  if (error === undefined) return undefined;
  return EXPECTED_CODES.has(error.code) ? 'info' : 'warn';
}

function writeCall(
  log: Log,
  level: 'debug' | 'info' | 'warn',
  { call, notes, traceId, durationMs, error, messages }: CallRecord,
): void {
  log[level](
    {
      requestId: call.id,
      ...(traceId === undefined ? {} : { traceId }),
      path: call.method.path,
      wire: call.wire,
      code: error?.code ?? 'OK',
      durationMs: Math.round(durationMs * 1_000) / 1_000,
      ...(notes.subject === '' ? {} : { caller: notes.subject }),
      address: call.peer.address,
      ...(notes.endpoint === undefined ? {} : { endpoint: notes.endpoint }),
      ...(notes.cache === undefined ? {} : { cache: notes.cache }),
      ...(notes.fallback === undefined ? {} : { fallback: notes.fallback }),
      attempts: notes.attempts?.length ?? 0,
      requestBytes: notes.requestBytes,
      responseBytes: notes.responseBytes,
      messages,
      ...(error === undefined ? undefined : describeError(error)),
    },
    'call',
  );
}

function describeError(error: WeirError): Readonly<Record<string, unknown>> {
  const fields = error.origin === 'gateway' ? violatedFields(error) : undefined;
  // The message says what was found instead, which may be a password in the wrong field.
  if (fields !== undefined) return { error: 'The input does not fit the contract.', fields };
  return {
    error: error.message,
    ...(error.cause instanceof Error ? { cause: error.cause.message } : {}),
    // A fault of the gateway itself needs its stack; a backend's refusal is told by its message.
    ...(error.code === 'INTERNAL' && error.origin === 'gateway' ? { err: error.cause } : {}),
  };
}

/** The fields that `google.rpc.BadRequest` names; undefined where there is none among the details. */
function violatedFields({ details }: WeirError): unknown[] | undefined {
  const badRequest = details.find((detail) => detail['@type'].endsWith('/google.rpc.BadRequest'));
  const violations = badRequest?.fieldViolations;
  return Array.isArray(violations) ? violations.map(({ field }) => field) : undefined;
}
