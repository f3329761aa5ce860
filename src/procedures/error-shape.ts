import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import type { ErrorDetail, GrpcCode, WeirError } from '../errors.ts';

/** tRPC's own codes, of `@trpc/server` `TRPC_ERROR_CODES_BY_KEY`. */
export type TrpcCode = keyof typeof TRPC_ERROR_CODES_BY_KEY;

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
  // Not TIMEOUT: its 408 invites clients to send again what may not be sent twice (RFC 9110 15.5.9).
  DEADLINE_EXCEEDED: 'GATEWAY_TIMEOUT',
  UNKNOWN: 'INTERNAL_SERVER_ERROR',
  INTERNAL: 'INTERNAL_SERVER_ERROR',
  DATA_LOSS: 'INTERNAL_SERVER_ERROR',
};

/** For requests that were refused before they became a call, so no gRPC status exists yet. */
const GRPC_CODE_BY_TRPC_CODE: Readonly<Record<TrpcCode, GrpcCode>> = {
  PARSE_ERROR: 'INVALID_ARGUMENT',
  BAD_REQUEST: 'INVALID_ARGUMENT',
  UNSUPPORTED_MEDIA_TYPE: 'INVALID_ARGUMENT',
  UNPROCESSABLE_CONTENT: 'INVALID_ARGUMENT',
  UNAUTHORIZED: 'UNAUTHENTICATED',
  PAYMENT_REQUIRED: 'FAILED_PRECONDITION',
  FORBIDDEN: 'PERMISSION_DENIED',
  // "The requested method is not implemented" is what a gRPC server says of an unknown path.
  NOT_FOUND: 'UNIMPLEMENTED',
  METHOD_NOT_SUPPORTED: 'UNIMPLEMENTED',
  NOT_IMPLEMENTED: 'UNIMPLEMENTED',
  TIMEOUT: 'DEADLINE_EXCEEDED',
  GATEWAY_TIMEOUT: 'DEADLINE_EXCEEDED',
  CONFLICT: 'ABORTED',
  PRECONDITION_FAILED: 'FAILED_PRECONDITION',
  PRECONDITION_REQUIRED: 'FAILED_PRECONDITION',
  PAYLOAD_TOO_LARGE: 'RESOURCE_EXHAUSTED',
  TOO_MANY_REQUESTS: 'RESOURCE_EXHAUSTED',
  CLIENT_CLOSED_REQUEST: 'CANCELLED',
  BAD_GATEWAY: 'UNAVAILABLE',
  SERVICE_UNAVAILABLE: 'UNAVAILABLE',
  INTERNAL_SERVER_ERROR: 'INTERNAL',
};

/** tRPC's `JSONRPC2_TO_HTTP_CODE`, which `@trpc/server` does not export; a test compares the two. */
export const HTTP_STATUS_BY_TRPC_CODE: Readonly<Record<TrpcCode, number>> = {
  PARSE_ERROR: 400,
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  PAYMENT_REQUIRED: 402,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_SUPPORTED: 405,
  TIMEOUT: 408,
  CONFLICT: 409,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  UNPROCESSABLE_CONTENT: 422,
  PRECONDITION_REQUIRED: 428,
  TOO_MANY_REQUESTS: 429,
  CLIENT_CLOSED_REQUEST: 499,
  INTERNAL_SERVER_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  BAD_GATEWAY: 502,
  SERVICE_UNAVAILABLE: 503,
  GATEWAY_TIMEOUT: 504,
};

/** What a caller finds under `error.data.grpc`. */
export interface GrpcErrorData {
  readonly code: GrpcCode;
  readonly message: string;
  readonly details: readonly ErrorDetail[];
}

/** The one envelope of every failure, as it stands under `error` on the wire. Never holds a stack. */
export interface ErrorShape {
  readonly message: string;
  /** The JSON-RPC 2.0 number of `data.code`. */
  readonly code: (typeof TRPC_ERROR_CODES_BY_KEY)[TrpcCode];
  readonly data: {
    readonly code: TrpcCode;
    readonly httpStatus: number;
    /** Absent where the request named no procedure. */
    readonly path?: string;
    readonly grpc: GrpcErrorData;
    /** Absent only where the request failed before it got an id. */
    readonly requestId?: string;
    /** Milliseconds from now, where it is known when to try again. */
    readonly retryAfterMs?: number;
    /** How often backends were asked, where that was more than once. */
    readonly attempts?: number;
  };
}

export interface ErrorContext {
  readonly procedureType: 'query' | 'mutation' | 'subscription' | 'unknown';
  readonly path: string | undefined;
  readonly requestId: string | undefined;
}

/**
 * The tRPC code of a failed call. UNIMPLEMENTED on a subscription is METHOD_NOT_SUPPORTED, because the
 * stock SSE client reconnects for ever on NOT_IMPLEMENTED.
 */
export function toTrpcCode(error: WeirError, type: ErrorContext['procedureType']): TrpcCode {
  if (error.code === 'UNIMPLEMENTED' && type === 'subscription') return 'METHOD_NOT_SUPPORTED';
  return TRPC_CODE_BY_GRPC_CODE[error.code];
}

/** The envelope of a call that failed. */
export function toErrorShape(error: WeirError, context: ErrorContext): ErrorShape {
  const { code, message, details } = error;
  const trpcCode = toTrpcCode(error, context.procedureType);
  return assemble(trpcCode, { code, message, details }, context, error);
}

/** The envelope of a request that never became a call: an unknown path, a body that is no JSON, a limit. */
export function toRefusalShape(
  trpcCode: TrpcCode,
  message: string,
  context: ErrorContext,
  retryAfterMs?: number,
): ErrorShape {
  const grpc = { code: GRPC_CODE_BY_TRPC_CODE[trpcCode], message, details: [] };
  return assemble(trpcCode, grpc, context, { retryAfterMs, attempts: undefined });
}

function assemble(
  code: TrpcCode,
  grpc: GrpcErrorData,
  { path, requestId }: ErrorContext,
  { retryAfterMs, attempts }: Pick<WeirError, 'retryAfterMs' | 'attempts'>,
): ErrorShape {
  return {
    message: grpc.message,
    code: TRPC_ERROR_CODES_BY_KEY[code],
    data: {
      code,
      httpStatus: HTTP_STATUS_BY_TRPC_CODE[code],
      ...(path === undefined ? undefined : { path }),
      grpc,
      ...(requestId === undefined ? undefined : { requestId }),
      ...(retryAfterMs === undefined ? undefined : { retryAfterMs }),
      ...(attempts === undefined ? undefined : { attempts }),
    },
  };
}
