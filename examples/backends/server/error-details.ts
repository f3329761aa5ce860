import type { Detail } from './status-error.ts';
import { toDuration } from './well-known.ts';

export interface FieldViolation {
  /** The field's path as the contract spells it, for example `limit.price`. */
  readonly field: string;
  readonly description: string;
}

export function badRequest(violations: readonly FieldViolation[]): Detail {
  return { type: 'google.rpc.BadRequest', value: { field_violations: violations } };
}

/** @param domain The service that defines `reason`, as `google.rpc.ErrorInfo` asks. */
export function errorInfo(
  reason: string,
  domain: string,
  metadata: Readonly<Record<string, string>> = {},
): Detail {
  return { type: 'google.rpc.ErrorInfo', value: { reason, domain, metadata } };
}

export function retryInfo(delayMs: number): Detail {
  return { type: 'google.rpc.RetryInfo', value: { retry_delay: toDuration(delayMs) } };
}

export function resourceInfo(type: string, name: string): Detail {
  return {
    type: 'google.rpc.ResourceInfo',
    value: { resource_type: type, resource_name: name },
  };
}
