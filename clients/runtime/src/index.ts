export { type Connection, type ConnectionState, connectionOf } from './connection.ts';
export { createWeirClient, type WeirClient } from './create-weir-client.ts';
export { createWeirLinks, type WeirLinks } from './create-weir-links.ts';
export { createWeirSession, type WeirSessionOptions } from './create-weir-session.ts';
export type {
  BadRequest,
  DebugInfo,
  ErrorDetail,
  ErrorDetails,
  ErrorInfo,
  FieldViolation,
  Help,
  LocalizedMessage,
  PreconditionFailure,
  QuotaFailure,
  RequestInfo,
  ResourceInfo,
  RetryInfo,
} from './error-details.ts';
export { findDetail } from './find-detail.ts';
export type { GrpcCode } from './grpc-code.ts';
export { isWeirError, type WeirClientError, type WeirErrorData } from './is-weir-error.ts';
export type { WeirClientOptions } from './options.ts';
export {
  type Credentials,
  type SessionState,
  type SessionUser,
  SignInError,
  type WeirSession,
} from './session.ts';
export type { Token } from './token.ts';
export { type TraceHeaders, traceHeadersOf } from './trace-headers.ts';
export { traceLink } from './trace-link.ts';
