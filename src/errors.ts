/** The canonical gRPC status codes other than OK, by name. https://grpc.io/docs/guides/status-codes/ */
export const GRPC_CODES = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

export type GrpcCode = keyof typeof GRPC_CODES;

const NAMES_BY_NUMBER = new Map<number, GrpcCode>();
for (const name of Object.keys(GRPC_CODES)) {
  if (isGrpcCode(name)) NAMES_BY_NUMBER.set(GRPC_CODES[name], name);
}

export function isGrpcCode(name: string): name is GrpcCode {
  return Object.hasOwn(GRPC_CODES, name);
}

/** A status number outside 1–16 is UNKNOWN, as the gRPC specification asks of clients. */
export function toGrpcCode(number: number): GrpcCode {
  return NAMES_BY_NUMBER.get(number) ?? 'UNKNOWN';
}

/** A `google.protobuf.Any` in ProtoJSON, for example `{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', … }`. */
export type ErrorDetail = { readonly '@type': string; readonly [field: string]: unknown };

export interface WeirErrorOptions {
  /** Details as the caller will see them. */
  readonly details?: readonly ErrorDetail[];
  /** `google.rpc.Status` bytes from `grpc-status-details-bin`, not decoded yet. */
  readonly statusDetails?: Uint8Array;
  /** When the caller may try again, in milliseconds from now, where that is known. */
  readonly retryAfterMs?: number;
  /** How often backends were asked, where that was more than once. */
  readonly attempts?: number;
  /** Who refused: Weir itself, or the backend. Only the backend's own failures count against its health. */
  readonly origin?: 'gateway' | 'backend';
  /** True only where the call provably never reached the backend's application. */
  readonly neverSent?: boolean;
  /** True only where the backend itself ended the call with this status, so that its outcome is known. */
  readonly answered?: boolean;
  /** Response metadata that came with the failure (headers and trailers, lower-case names). */
  readonly metadata?: readonly (readonly [name: string, value: string])[];
  /** Kept for the log, never shown to the caller. */
  readonly cause?: unknown;
}

/**
 * The one error of Weir: every failure, of the gateway or of a backend, is one of these by the time it
 * leaves the function that met it.
 */
export class WeirError extends Error {
  override readonly name = 'WeirError';
  readonly code: GrpcCode;
  readonly details: readonly ErrorDetail[];
  readonly statusDetails: Uint8Array | undefined;
  readonly retryAfterMs: number | undefined;
  readonly attempts: number | undefined;
  readonly origin: 'gateway' | 'backend';
  readonly neverSent: boolean;
  readonly answered: boolean;
  readonly metadata: readonly (readonly [name: string, value: string])[];

  constructor(code: GrpcCode, message: string, options: WeirErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? [];
    this.statusDetails = options.statusDetails;
    this.retryAfterMs = options.retryAfterMs;
    this.attempts = options.attempts;
    this.origin = options.origin ?? 'gateway';
    this.neverSent = options.neverSent ?? false;
    this.answered = options.answered ?? false;
    this.metadata = options.metadata ?? [];
  }

  /** The same failure in other words. @param cause kept for the log, undefined for none */
  withMessage(message: string, cause: unknown): WeirError {
    return this.#with(message, this.attempts, cause);
  }

  /** The same failure, told with how often backends were asked. */
  withAttempts(attempts: number): WeirError {
    return this.#with(this.message, attempts, this.cause);
  }

  #with(message: string, attempts: number | undefined, cause: unknown): WeirError {
    return new WeirError(this.code, message, {
      details: this.details,
      ...(this.statusDetails === undefined ? {} : { statusDetails: this.statusDetails }),
      ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: this.retryAfterMs }),
      ...(attempts === undefined ? {} : { attempts }),
      origin: this.origin,
      neverSent: this.neverSent,
      answered: this.answered,
      metadata: this.metadata,
      cause,
    });
  }

  /**
   * - a `WeirError` is itself;
   * - anything else is a fault of the gateway: INTERNAL with a message that gives nothing away, the
   *   original kept as `cause`.
   */
  static from(thrown: unknown): WeirError {
    if (thrown instanceof WeirError) return thrown;
    return new WeirError('INTERNAL', 'The gateway failed while handling this call.', {
      cause: thrown,
    });
  }
}
