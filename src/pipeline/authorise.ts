import type { AccessRules } from '../auth/access-rules.ts';
import type { BackendIdentity } from '../auth/backend-identity.ts';
import { readCredential } from '../auth/credentials/read-credential.ts';
import type { Identity } from '../auth/identity.ts';
import type { LiveAccess } from '../auth/revocation/live-access.ts';
import type { Method } from '../contract/method.ts';
import { WeirError } from '../errors.ts';
import type { Call } from './call.ts';
import type { StreamMiddleware, UnaryMiddleware } from './middleware.ts';
import type { AuthenticatedCall, PermittedCall } from './permitted-call.ts';

export interface AuthoriseOptions {
  readonly rules: AccessRules;
  readonly access: LiveAccess;
  readonly toBackend: BackendIdentity;
  readonly onRefused: OnRefused;
}

/** Told of every call that was refused and every stream that lost its permit. */
export type OnRefused = (
  call: Call | AuthenticatedCall,
  error: WeirError,
  action: 'call.refused' | 'stream.ended',
) => void;

/** Decides whether the caller may make the call; the permit goes on with it. */
export function createUnaryAuthorise(
  options: AuthoriseOptions,
): UnaryMiddleware<AuthenticatedCall, PermittedCall> {
  return (next) =>
    function authoriseCall(call) {
      const permit = permitOrReport(call, options);
      const described = describe(call, options);
      return described instanceof Promise
        ? described.then((identityMetadata) => next({ ...call, permit, identityMetadata }))
        : next({ ...call, permit, identityMetadata: described });
    };
}

/**
 * The same for a stream, and then for as long as it is open: it ends when its token expires or is
 * revoked, it goes on with a renewed token, and it is decided anew whenever the caller's roles change.
 */
export function createStreamAuthorise(
  options: AuthoriseOptions,
): StreamMiddleware<AuthenticatedCall, PermittedCall> {
  return (next) =>
    async function* authoriseStream(call) {
      const permit = permitOrReport(call, options);
      const identityMetadata = await describe(call, options);
      const release = holdPermit(call, options);
      try {
        yield* next({ ...call, permit, identityMetadata });
      } finally {
        release();
      }
    };
}

function permitOrReport(call: AuthenticatedCall, { rules, onRefused }: AuthoriseOptions) {
  try {
    return rules.permit(call.method, call.identity);
  } catch (thrown) {
    const error = WeirError.from(thrown);
    onRefused(call, error, 'call.refused');
    throw error;
  }
}

function describe(call: AuthenticatedCall, { toBackend }: AuthoriseOptions) {
  return toBackend(call.identity, call.method.upstream, () => tokenOf(call));
}

/** The token the caller showed last, undefined where it showed something else. */
function tokenOf({ session, headers }: AuthenticatedCall): string | undefined {
  if (session?.renewed !== undefined) return session.renewed.token;
  const credential = readCredential(headers);
  return 'token' in credential ? credential.token : undefined;
}

/** Cancels the call when its permit ends. Returns what stops watching. */
function holdPermit(call: AuthenticatedCall, options: AuthoriseOptions): () => void {
  const { access, rules, onRefused } = options;
  let stopWatching = () => {};

  function end(error: WeirError): void {
    onRefused(call, error, 'stream.ended');
    call.cancellation.cancel(error);
  }

  function decideAnew(method: Method, identity: Identity): void {
    try {
      rules.permit(method, identity);
    } catch (thrown) {
      end(WeirError.from(thrown));
    }
  }

  function watch(identity: Identity): void {
    stopWatching();
    stopWatching = access.watch(identity, {
      onEnd: end,
      onChange: (changed) => decideAnew(call.method, changed),
    });
  }

  const stopRenewals = call.session?.onRenewed((renewed) => {
    watch(renewed);
    decideAnew(call.method, renewed);
  });
  watch(call.identity);
  return () => {
    stopWatching();
    stopRenewals?.();
  };
}
