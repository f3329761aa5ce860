import type { ErrorDetail } from '../errors.ts';

/**
 * `google.rpc.RetryInfo.retry_delay`, a ProtoJSON duration such as "1.5s", in milliseconds. Undefined where no
 * detail has one, and for one below zero, which says nothing about when to come back.
 */
export function retryDelayMs(details: readonly ErrorDetail[]): number | undefined {
  const info = details.find((detail) => detail['@type'].endsWith('/google.rpc.RetryInfo'));
  const delay = info?.retryDelay;
  if (typeof delay !== 'string') return undefined;
  const ms = Number.parseFloat(delay) * 1_000;
  return ms >= 0 ? ms : undefined;
}
