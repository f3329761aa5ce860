import { type Identity, isAnonymous } from '../../auth/identity.ts';
import type { Issuer } from '../../auth/issuer/issuer.ts';
import { unauthenticated } from '../../auth/refusal.ts';
import { WeirError } from '../../errors.ts';
import { type AuthAnswer, type AuthRequest, requireIssuer } from './auth-request.ts';

/**
 * Who the caller is and what that is worth here: what a screen needs to show the right buttons.
 * `subject` is null for a caller without credentials.
 */
export async function answerSession(call: AuthRequest): Promise<AuthAnswer> {
  const identity = await call.identify();
  const { roles, accessControl } = call.options;
  return {
    status: 200,
    body: {
      accessControl,
      subject: isAnonymous(identity) ? null : identity.subject,
      issuer: isAnonymous(identity) ? null : identity.issuer,
      sessionId: identity.sessionId ?? null,
      roles: [...roles.rolesOf(identity)],
      permissions: [...roles.permissionsOf(identity)],
      expiresInMs: Number.isFinite(identity.expiresAtMs) ? identity.expiresAtMs - Date.now() : null,
    },
  };
}

/** The caller's own sessions, the newest first. */
export async function answerSessions(call: AuthRequest): Promise<AuthAnswer> {
  const issuer = requireIssuer(call);
  const identity = requireOwn(await requireIdentity(call), issuer);
  const sessions = await issuer.sessions(identity.subject);
  return {
    status: 200,
    body: {
      sessions: sessions.map(({ id, createdAtMs, usedAtMs, expiresAtMs, address, userAgent }) => ({
        id,
        current: id === identity.sessionId,
        createdAt: new Date(createdAtMs).toISOString(),
        usedAt: new Date(usedAtMs).toISOString(),
        expiresAt: new Date(expiresAtMs).toISOString(),
        address,
        userAgent,
      })),
    },
  };
}

/** Ends one session of the caller's own. */
export async function endSession(call: AuthRequest): Promise<AuthAnswer> {
  const issuer = requireIssuer(call);
  const identity = requireOwn(await requireIdentity(call), issuer);
  if (!(await issuer.endSession(identity.subject, call.rest))) {
    throw new WeirError('NOT_FOUND', 'You have no such session.');
  }
  call.record('session.revoke', call.rest);
  return { status: 204 };
}

async function requireIdentity({ identify }: AuthRequest): Promise<Identity> {
  const identity = await identify();
  if (!isAnonymous(identity)) return identity;
  throw unauthenticated('CREDENTIALS_MISSING', 'Sign in first.');
}

/** Another issuer's "ada" is not ours. */
function requireOwn(identity: Identity, issuer: Issuer): Identity {
  if (identity.issuer === issuer.name) return identity;
  throw new WeirError('FAILED_PRECONDITION', 'Your sessions are kept by the issuer of your token.');
}
