import type { ErrorDetail, GrpcCode, WeirError } from '../errors.ts';

/** tRPC's own codes, of `@trpc/server` `TRPC_ERROR_CODES_BY_KEY`, that Weir uses. */
export type TrpcCode =
  | 'PARSE_ERROR'
  | 'BAD_REQUEST'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'METHOD_NOT_SUPPORTED'
  | 'CONFLICT'
  | 'PAYLOAD_TOO_LARGE'
  | 'TOO_MANY_REQUESTS'
  | 'CLIENT_CLOSED_REQUEST'
  | 'NOT_IMPLEMENTED'
  | 'SERVICE_UNAVAILABLE'
  | 'GATEWAY_TIMEOUT'
  | 'INTERNAL_SERVER_ERROR';

export const TRPC_CODE_BY_GRPC_CODE: Readonly<Record<GrpcCode, TrpcCode>> = {
  INVALID_ARGUMENT: 'BAD_REQUEST',
  OUT_OF_RANGE: 'BAD_REQUEST',
  FAILED_PRECONDITION: 'BAD_REQUEST',
  UNAUTHENTICATED: 'UNAUTHORIZED',
  PERMISSION_DENIED: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  ALREADY_EXISTS: 'CONFLICT',
  ABORTED: 'CONFLICT',
  RESOURCE_EXHAUSTED: 'TOO_MANY_REQUESTS',
  CANCELLED: 'CLIENT_CLOSED_REQUEST',
  UNIMPLEMENTED: 'NOT_IMPLEMENTED',
  UNAVAILABLE: 'SERVICE_UNAVAILABLE',
  DEADLINE_EXCEEDED: 'GATEWAY_TIMEOUT',
  UNKNOWN: 'INTERNAL_SERVER_ERROR',
  INTERNAL: 'INTERNAL_SERVER_ERROR',
  DATA_LOSS: 'INTERNAL_SERVER_ERROR',
};

/** What a caller finds under `error.data.grpc`. */
export interface GrpcErrorData {
  readonly code: GrpcCode;
  readonly message: string;
  readonly details: readonly ErrorDetail[];
}

export interface ErrorContext {
  readonly procedureType: 'query' | 'mutation' | 'subscription' | 'unknown';
  readonly path: string | undefined;
  readonly requestId: string;
}

/**
 * The tRPC code of a failed call. UNIMPLEMENTED on a subscription is METHOD_NOT_SUPPORTED, because the
 * stock SSE client reconnects for ever on NOT_IMPLEMENTED.
 */
export function toTrpcCode(error: WeirError, type: ErrorContext['procedureType']): TrpcCode {
  if (error.code === 'UNIMPLEMENTED' && type === 'subscription') return 'METHOD_NOT_SUPPORTED';
  return TRPC_CODE_BY_GRPC_CODE[error.code];
}
