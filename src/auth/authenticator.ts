import type { ApiKeyVerifier } from './credentials/api-keys.ts';
import {
  type CertificateRule,
  type ClientCertificate,
  identifyCertificate,
} from './credentials/client-certificate.ts';
import { checkCsrf } from './credentials/csrf.ts';
import { type CallerHeaders, readCredential } from './credentials/read-credential.ts';
import type { Tickets } from './credentials/tickets.ts';
import type { FailedAttempts } from './failed-attempts.ts';
import { ANONYMOUS, type Identity } from './identity.ts';
import type { LiveAccess } from './revocation/live-access.ts';
import type { TokenMemory } from './token/token-memory.ts';

/** Everything about a call that can say who makes it. */
export interface Caller {
  readonly headers: CallerHeaders;
  /** Only a certificate whose chain TLS has verified. */
  readonly certificate: ClientCertificate | undefined;
  /** Without a port; who fails too often from there is not looked at any more. */
  readonly address: string;
  /**
   * Whether a page of another origin could do harm with this call by way of the browser's cookies:
   * mutations, and everything on a WebSocket, whose answers the same-origin policy does not protect.
   */
  readonly needsCsrfToken: boolean;
}

/**
 * The identity at once where nothing has to be looked up. Throws or rejects with UNAUTHENTICATED, and with
 * RESOURCE_EXHAUSTED for an address that failed too often.
 */
export type Authenticator = (caller: Caller) => Identity | Promise<Identity>;

export interface AuthenticatorOptions {
  readonly tokens: TokenMemory;
  readonly apiKeys: ApiKeyVerifier;
  readonly tickets: Tickets;
  readonly certificates: readonly CertificateRule[];
  readonly access: LiveAccess;
  readonly failures: FailedAttempts;
}

/** Finds who calls. The result counts as of now: revoked credentials are refused, changed roles applied. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { tokens, apiKeys, tickets, certificates, access, failures } = options;

  function identify(caller: Caller): Identity | Promise<Identity> {
    const credential = readCredential(caller.headers);
    switch (credential.kind) {
      case 'bearer':
        return identifyToken(credential.token, caller);
      case 'apiKey':
        failures.admit(caller.address);
        return apiKeys(credential.key);
      case 'ticket':
        failures.admit(caller.address);
        return tickets.redeem(credential.ticket);
      case 'cookie': {
        const identity = identifyToken(credential.token, caller);
        if (!caller.needsCsrfToken) return identity;
        return thenOrNow(identity, (known) => {
          checkCsrf(known, credential.csrfToken);
          return known;
        });
      }
      default:
        return caller.certificate === undefined
          ? ANONYMOUS
          : identifyCertificate(caller.certificate, certificates);
    }
  }

  /** A token that was found good serves on from an address where others guess. */
  function identifyToken(token: string, { address }: Caller): Identity | Promise<Identity> {
    const refusal = failures.refusalOf(address);
    if (refusal !== undefined && !tokens.knows(token)) throw refusal;
    return tokens.identify(token);
  }

  const current = (identity: Identity) => access.current(identity);
  return function authenticate(caller) {
    function refuse(thrown: unknown): never {
      failures.note(caller.address, thrown);
      throw thrown;
    }
    try {
      const identity = thenOrNow(identify(caller), current);
      return identity instanceof Promise ? identity.catch(refuse) : identity;
    } catch (thrown) {
      return refuse(thrown);
    }
  };
}

/** A remembered token must not wait for a turn of the event loop, so promises are made only where needed. */
function thenOrNow(
  identity: Identity | Promise<Identity>,
  next: (identity: Identity) => Identity,
): Identity | Promise<Identity> {
  return identity instanceof Promise ? identity.then(next) : next(identity);
}
