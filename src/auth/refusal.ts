import { WeirError } from '../errors.ts';

/** Why a caller was refused, as `google.rpc.ErrorInfo.reason`: a closed set that clients may branch on. */
export type RefusalReason =
  | 'CREDENTIALS_MISSING'
  | 'CREDENTIALS_MALFORMED'
  | 'TOKEN_MALFORMED'
  | 'TOKEN_TOO_LARGE'
  | 'TOKEN_HEADER_REFUSED'
  | 'TOKEN_ISSUER_UNKNOWN'
  | 'TOKEN_ALGORITHM_REFUSED'
  | 'TOKEN_TYPE_REFUSED'
  | 'TOKEN_KEY_UNKNOWN'
  | 'TOKEN_SIGNATURE_WRONG'
  | 'TOKEN_CLAIM_MISSING'
  | 'TOKEN_CLAIM_MALFORMED'
  | 'TOKEN_AUDIENCE_WRONG'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_NOT_YET_VALID'
  | 'TOKEN_REVOKED'
  | 'API_KEY_WRONG'
  | 'CERTIFICATE_UNKNOWN'
  | 'TICKET_WRONG'
  | 'CSRF_TOKEN_WRONG'
  | 'LOGIN_FAILED'
  | 'REFRESH_TOKEN_WRONG'
  | 'ROLE_MISSING'
  | 'PERMISSION_MISSING'
  | 'ACCESS_UNDECLARED';

const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo';

/** UNAUTHENTICATED: it is not known who calls. `message` is shown to the caller. */
export function unauthenticated(
  reason: RefusalReason,
  message: string,
  cause?: unknown,
): WeirError {
  return new WeirError('UNAUTHENTICATED', message, {
    details: [{ '@type': ERROR_INFO, reason, domain: 'weir' }],
    cause,
  });
}

/** PERMISSION_DENIED: it is known who calls, and it may not. `message` is shown to the caller. */
export function permissionDenied(reason: RefusalReason, message: string): WeirError {
  return new WeirError('PERMISSION_DENIED', message, {
    details: [{ '@type': ERROR_INFO, reason, domain: 'weir' }],
  });
}

/** The reason of a refusal made here, undefined for any other error. */
export function refusalReasonOf(error: WeirError): string | undefined {
  const info = error.details.find((detail) => detail['@type'] === ERROR_INFO);
  return typeof info?.reason === 'string' ? info.reason : undefined;
}
