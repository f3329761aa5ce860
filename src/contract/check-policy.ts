import type { DescField, DescMessage, DescMethod } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel } from '@bufbuild/protobuf/wkt';
import type { MethodPolicy as MethodPolicyOption } from './generated/weir/v1/options_pb.ts';
import type { MethodPolicy } from './policy.ts';

/** An answer that changes nothing may be kept. */
export function isRead(method: DescMethod): boolean {
  return (
    method.methodKind === 'unary' &&
    method.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS
  );
}

/** A call that does the same when it arrives twice may be sent twice; a stream, before its first message. */
export function isRepeatable(method: DescMethod): boolean {
  return (
    (method.methodKind === 'unary' || method.methodKind === 'server_streaming') &&
    method.idempotency !== MethodOptions_IdempotencyLevel.IDEMPOTENCY_UNKNOWN
  );
}

/**
 * Where a method's own options contradict the method; each a sentence without the method's name. What
 * comes from its service's defaults is left out where it does not apply, and is no fault.
 */
export function faultsOfOwnOptions(
  method: DescMethod,
  own: MethodPolicyOption | undefined,
): string[] {
  const faults: string[] = [];
  if (own?.retry !== undefined && !isRepeatable(method)) {
    faults.push(
      'has `retry`, but only methods with `idempotency_level` NO_SIDE_EFFECTS or IDEMPOTENT that take one message may be retried',
    );
  }
  if (own?.retry?.perTryTimeout !== undefined && method.methodKind !== 'unary') {
    faults.push(
      'has `retry.per_try_timeout`, but a stream may say nothing for hours and be well; leave it out',
    );
  }
  if (own?.cache !== undefined && !isRead(method)) {
    faults.push(
      'has `cache`, but only unary methods with `idempotency_level = NO_SIDE_EFFECTS` may be cached',
    );
  }
  if (own?.hedging !== undefined && !isRead(method)) {
    faults.push(
      'has `hedging`, but only unary methods with `idempotency_level = NO_SIDE_EFFECTS` may be sent to several endpoints',
    );
  }
  if (own?.fallback !== undefined && !isRead(method)) {
    faults.push(
      'has `fallback`, but only unary methods with `idempotency_level = NO_SIDE_EFFECTS` may be answered without the backend',
    );
  }
  if (own?.stream !== undefined) {
    if (method.methodKind === 'unary') faults.push('has `stream`, but is unary');
    const { latestKey, resumeField, resumeFromField } = own.stream;
    faults.push(
      ...faultOfField('latest_key', latestKey, method.output),
      ...faultOfField('resume_field', resumeField, method.output),
      ...faultOfField('resume_from_field', resumeFromField, method.input),
    );
  }
  return faults;
}

/** Values that no call could live with. */
export function faultsOfPolicy(policy: MethodPolicy): string[] {
  const { access, timeoutMs, retry, hedging, cache } = policy;
  const faults: string[] = [];
  if (access !== undefined && 'names' in access && access.names.length === 0) {
    faults.push(`has \`access.${access.rule}\` without \`names\`, so nobody could call it`);
  }
  if (access !== undefined && 'names' in access && access.names.includes('')) {
    faults.push(`has a name of nothing in \`access.${access.rule}\`; leave it out`);
  }
  if (timeoutMs !== undefined && timeoutMs <= 0) {
    faults.push('has a `timeout` of nothing; give a time above zero, such as {seconds: 1}');
  }
  if (retry?.perTryTimeoutMs !== undefined && retry.perTryTimeoutMs <= 0) {
    faults.push('has a `retry.per_try_timeout` of nothing; give a time above zero');
  }
  if (retry !== undefined && (retry.initialBackoffMs < 0 || retry.maxBackoffMs < 0)) {
    faults.push('has a negative backoff in `retry`');
  }
  if (retry !== undefined && hedging !== undefined) {
    faults.push('has `retry` and `hedging`; gRFC A6 allows one of them, so leave the other out');
  }
  if (cache !== undefined && cache.ttlMs <= 0) {
    faults.push('has `cache` without `ttl`, such as {seconds: 1}');
  }
  if (cache !== undefined && Math.min(cache.staleWhileErrorMs, cache.staleWhileRevalidateMs) < 0) {
    faults.push('has a negative stale time in `cache`; give zero or more, or leave it out');
  }
  return faults;
}

function faultOfField(option: string, name: string, message: DescMessage): string[] {
  if (name === '') return [];
  const field = message.fields.find((each) => each.name === name);
  if (field === undefined) {
    return [`has \`stream.${option}\` "${name}", which ${message.typeName} does not have`];
  }
  if (isOneValue(field)) return [];
  return [`has \`stream.${option}\` "${name}", which is no single value that could be an id`];
}

/** Messages that are a text or a number in JSON. */
const SINGLE_VALUE = /^google\.protobuf\.(?:Timestamp|Duration|StringValue|U?Int(?:32|64)Value)$/;

function isOneValue(field: DescField): boolean {
  if (field.fieldKind === 'message') return SINGLE_VALUE.test(field.message.typeName);
  return field.fieldKind === 'scalar' || field.fieldKind === 'enum';
}
