import type { ErrorDetail } from './error-details.ts';
import type { GrpcCode } from './grpc-code.ts';

/** `error.data` of a call that Weir or a backend refused. */
export interface WeirErrorData {
  /** tRPC's name of the failure, for example `BAD_REQUEST`. */
  readonly code: string;
  readonly httpStatus: number;
  readonly path?: string;
  readonly grpc: {
    readonly code: GrpcCode;
    readonly message: string;
    readonly details: readonly ErrorDetail[];
  };
  /** Quote it when you ask for help: every log line about the request has it. */
  readonly requestId?: string;
  /** When to try again, in milliseconds from now, where that is known. */
  readonly retryAfterMs?: number;
  /** How often backends were asked, where that was more than once. */
  readonly attempts?: number;
}

/** A `TRPCClientError` whose `data` is known. */
export interface WeirClientError extends Error {
  readonly data: WeirErrorData;
}

/**
 * Whether a call failed with a gRPC status, Weir's own or the backend's. False for what never got an
 * answer: a network that is down, a call that was aborted.
 */
export function isWeirError(error: unknown): error is WeirClientError {
  // Not `instanceof TRPCClientError`: an application may hold two copies of `@trpc/client`.
  if (!(error instanceof Error) || !('data' in error)) return false;
  const { data } = error;
  return isRecord(data) && isRecord(data.grpc) && Array.isArray(data.grpc.details);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
