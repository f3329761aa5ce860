import { type GrpcCode, toGrpcCode, WeirError } from '../../../errors.ts';
import type { Metadata } from '../transport.ts';
import { ERROR_CODE, nameErrorCode } from './error-code.ts';
import type { FieldSection } from './field-section.ts';
import { percentDecode } from './percent-decode.ts';

/** doc/http-grpc-status-mapping.md of gRPC; used only where `grpc-status` is missing. */
const CODE_BY_HTTP_STATUS = new Map<number, GrpcCode>([
  [400, 'INTERNAL'],
  [401, 'UNAUTHENTICATED'],
  [403, 'PERMISSION_DENIED'],
  [404, 'UNIMPLEMENTED'],
  [429, 'UNAVAILABLE'],
  [502, 'UNAVAILABLE'],
  [503, 'UNAVAILABLE'],
  [504, 'UNAVAILABLE'],
]);

/** PROTOCOL-HTTP2, "HTTP2 Transport Mapping / Errors"; what it does not name is INTERNAL. */
const CODE_BY_RESET = new Map<number, GrpcCode>([
  [ERROR_CODE.REFUSED_STREAM, 'UNAVAILABLE'],
  [ERROR_CODE.CANCEL, 'CANCELLED'],
  [ERROR_CODE.ENHANCE_YOUR_CALM, 'RESOURCE_EXHAUSTED'],
  [ERROR_CODE.INADEQUATE_SECURITY, 'PERMISSION_DENIED'],
]);

export function statusFromHttp(httpStatus: number, metadata: Metadata = []): WeirError {
  return new WeirError(
    CODE_BY_HTTP_STATUS.get(httpStatus) ?? 'UNKNOWN',
    `The backend answered with HTTP status ${httpStatus} and no gRPC status.`,
    { origin: 'backend', metadata },
  );
}

/**
 * The failure that a trailer section tells of, or undefined for OK.
 * @param headers metadata of the head, if it came on its own, to go with the failure
 */
export function statusFromTrailers(
  trailers: FieldSection,
  httpStatus: number,
  headers: Metadata,
): WeirError | undefined {
  if (trailers.grpcStatus === 0) return undefined;
  const metadata = headers.length === 0 ? trailers.metadata : headers.concat(trailers.metadata);
  if (trailers.grpcStatus === -1) return statusFromHttp(httpStatus, metadata);
  const code = Number.isNaN(trailers.grpcStatus) ? 'UNKNOWN' : toGrpcCode(trailers.grpcStatus);
  const details = trailers.statusDetails;
  return new WeirError(code, percentDecode(trailers.grpcMessage ?? ''), {
    origin: 'backend',
    answered: true,
    metadata,
    ...(details !== undefined && { statusDetails: Buffer.from(details, 'base64') }),
  });
}

/**
 * A server that saw the deadline first resets with CANCEL; the caller should still read DEADLINE_EXCEEDED.
 * So does one whose patience with its last streams ends after GOAWAY: nobody cancelled, it went away.
 */
export function statusFromReset(
  errorCode: number,
  when: {
    readonly draining: boolean;
    readonly deadlinePassed: boolean;
    /** The head of its answer has come. */
    readonly answering: boolean;
  },
): WeirError {
  if (errorCode === ERROR_CODE.CANCEL && when.deadlinePassed) return deadlineExceeded();
  if (errorCode === ERROR_CODE.CANCEL && when.draining) return leftMidway();
  const code = CODE_BY_RESET.get(errorCode) ?? 'INTERNAL';
  return new WeirError(code, `The backend reset the stream with ${nameErrorCode(errorCode)}.`, {
    origin: 'backend',
    // RFC 9113 §8.7: REFUSED_STREAM promises that nothing was processed; of an answer begun that cannot be true.
    neverSent: errorCode === ERROR_CODE.REFUSED_STREAM && !when.answering,
  });
}

/** In the middle of the call, which it may have carried out. */
export function leftMidway(): WeirError {
  return connectionLost('The backend went away before the call ended.', false);
}

export function deadlineExceeded(): WeirError {
  return new WeirError(
    'DEADLINE_EXCEEDED',
    'The backend did not answer before the deadline of the call.',
    { origin: 'backend' },
  );
}

export function connectionLost(message: string, neverSent: boolean, cause?: unknown): WeirError {
  return new WeirError('UNAVAILABLE', message, { origin: 'backend', neverSent, cause });
}

/** The connection is gone, or never came to be; `reason` says why, as a clause. */
export function connectionEnded(reason: string, wasOpen: boolean, cause?: unknown): WeirError {
  const what = wasOpen ? 'The connection to the backend was lost' : 'The backend is not reachable';
  return connectionLost(`${what}: ${reason}.`, !wasOpen, cause);
}

/** For the calls that the peer will not process (RFC 9113 §6.8). */
export function wentAway(errorCode: number, debug: string): WeirError {
  const reason = debug === '' ? '' : ` (${debug})`;
  return connectionLost(
    `The backend went away with ${nameErrorCode(errorCode)}${reason} before it saw the call.`,
    true,
  );
}

export function headersTooLarge(): WeirError {
  return new WeirError(
    'RESOURCE_EXHAUSTED',
    'The backend sent more headers than the transport accepts.',
    { origin: 'backend' },
  );
}

export function notGrpc(contentType: string | undefined): WeirError {
  return new WeirError(
    'UNKNOWN',
    `The backend answered with content-type ${JSON.stringify(contentType ?? '')}, which is not gRPC.`,
    { origin: 'backend' },
  );
}

/** The peer broke HTTP/2 or gRPC on this stream. */
export function protocolFault(message: string): WeirError {
  return new WeirError('INTERNAL', message, { origin: 'backend' });
}
