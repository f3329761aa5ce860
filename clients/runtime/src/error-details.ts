// https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto in ProtoJSON, as Weir
// sends it: fields without presence are always there.

/** Any detail: its fields beside the URL of its type, for example `type.googleapis.com/google.rpc.ErrorInfo`. */
export interface ErrorDetail {
  readonly '@type': string;
  readonly [field: string]: unknown;
}

/**
 * The details that {@link findDetail} knows by name. Add those of your own contracts:
 *
 * ```ts
 * declare module '@weir/client' {
 *   interface ErrorDetails { 'orders.v1.RiskLimit': { limit: string } }
 * }
 * ```
 */
export interface ErrorDetails {
  'google.rpc.BadRequest': BadRequest;
  'google.rpc.DebugInfo': DebugInfo;
  'google.rpc.ErrorInfo': ErrorInfo;
  'google.rpc.Help': Help;
  'google.rpc.LocalizedMessage': LocalizedMessage;
  'google.rpc.PreconditionFailure': PreconditionFailure;
  'google.rpc.QuotaFailure': QuotaFailure;
  'google.rpc.RequestInfo': RequestInfo;
  'google.rpc.ResourceInfo': ResourceInfo;
  'google.rpc.RetryInfo': RetryInfo;
}

export interface BadRequest {
  readonly fieldViolations: readonly FieldViolation[];
}

export interface FieldViolation {
  /** The path as the backend wrote it, for example `limit.price`. */
  readonly field: string;
  readonly description: string;
  /** For programs, for example `INVALID_QUANTITY`; empty in older backends. */
  readonly reason?: string;
  readonly localizedMessage?: LocalizedMessage;
}

export interface ErrorInfo {
  /** For programs, for example `MARKET_CLOSED`. */
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface RetryInfo {
  /** ProtoJSON duration, for example `1.500s`. `error.data.retryAfterMs` holds it as a number. */
  readonly retryDelay?: string;
}

export interface DebugInfo {
  readonly stackEntries: readonly string[];
  readonly detail: string;
}

export interface QuotaFailure {
  readonly violations: readonly { readonly subject: string; readonly description: string }[];
}

export interface PreconditionFailure {
  readonly violations: readonly {
    readonly type: string;
    readonly subject: string;
    readonly description: string;
  }[];
}

export interface RequestInfo {
  readonly requestId: string;
  readonly servingData: string;
}

export interface ResourceInfo {
  readonly resourceType: string;
  readonly resourceName: string;
  readonly owner: string;
  readonly description: string;
}

export interface Help {
  readonly links: readonly { readonly description: string; readonly url: string }[];
}

export interface LocalizedMessage {
  /** A language tag of BCP 47, for example `en-US`. */
  readonly locale: string;
  readonly message: string;
}
