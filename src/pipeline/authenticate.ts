import type { Authenticator } from '../auth/authenticator.ts';
import type { Identity, Proof } from '../auth/identity.ts';
import type { LiveAccess } from '../auth/revocation/live-access.ts';
import { WeirError } from '../errors.ts';
import type { OnRefused } from './authorise.ts';
import type { Call } from './call.ts';
import type { StreamMiddleware, UnaryMiddleware } from './middleware.ts';
import type { AuthenticatedCall } from './permitted-call.ts';

export interface AuthenticateOptions {
  readonly authenticate: Authenticator;
  readonly access: LiveAccess;
  readonly onRefused: OnRefused;
  /** Told how each caller proved who he is. */
  readonly onAuthenticated: (proof: Proof) => void;
}

/** Finds out who calls. A credential that is shown and wrong is refused, even where none is needed. */
export function createUnaryAuthenticate(
  options: AuthenticateOptions,
): UnaryMiddleware<Call, AuthenticatedCall> {
  return (next) =>
    function authenticateCall(call) {
      function proceed(identity: Identity) {
        options.onAuthenticated(identity.proof);
        call.session?.note(identity);
        if (call.notes !== undefined) call.notes.subject = identity.subject;
        return next({ ...call, identity });
      }
      function refuse(thrown: unknown): never {
        throw reported(call, thrown, options);
      }
      let found: Identity | Promise<Identity>;
      try {
        found = identify(call, options);
      } catch (thrown) {
        return refuse(thrown);
      }
      // A remembered token is known at once, and then nothing waits.
      return found instanceof Promise ? found.then(proceed, refuse) : proceed(found);
    };
}

export function createStreamAuthenticate(
  options: AuthenticateOptions,
): StreamMiddleware<Call, AuthenticatedCall> {
  return (next) =>
    async function* authenticateStream(call) {
      let identity: Identity;
      try {
        identity = await identify(call, options);
      } catch (thrown) {
        throw reported(call, thrown, options);
      }
      options.onAuthenticated(identity.proof);
      call.session?.note(identity);
      if (call.notes !== undefined) call.notes.subject = identity.subject;
      yield* next({ ...call, identity });
    };
}

function reported(call: Call, thrown: unknown, { onRefused }: AuthenticateOptions): WeirError {
  const error = WeirError.from(thrown);
  onRefused(call, error, 'call.refused');
  return error;
}

function identify(
  call: Call,
  { authenticate, access }: AuthenticateOptions,
): Identity | Promise<Identity> {
  const renewed = call.session?.renewed;
  if (renewed !== undefined) return access.alive(renewed.identity);
  return authenticate({
    headers: call.headers,
    certificate: call.peer.certificate,
    address: call.peer.address,
    needsCsrfToken: call.wire === 'websocket' || call.method.procedureType === 'mutation',
  });
}
