import type { Identity } from '../auth/identity.ts';
import type { Permit } from '../auth/permit.ts';
import type { Metadata } from '../upstream/transport/transport.ts';
import type { Call } from './call.ts';

/** A call whose caller is known; `ANONYMOUS` is known too. */
export interface AuthenticatedCall extends Call {
  readonly identity: Identity;
}

/** A call that may be made. Whatever reaches a backend takes one of these. */
export interface PermittedCall extends AuthenticatedCall {
  readonly permit: Permit;
  /** How the backend is told who calls. */
  readonly identityMetadata: Metadata;
}
