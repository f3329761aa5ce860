import { CSRF_COOKIE } from '../../auth/credentials/csrf.ts';
import { readCookie } from '../../auth/credentials/read-cookie.ts';
import { isAnonymous } from '../../auth/identity.ts';
import type { IssuedTokens } from '../../auth/issuer/issuer.ts';
import { MAX_PASSWORD_BYTES } from '../../auth/issuer/password-hash.ts';
import { unauthenticated } from '../../auth/refusal.ts';
import { WeirError } from '../../errors.ts';
import { type AuthAnswer, type AuthRequest, requireIssuer } from './auth-request.ts';
import { readJsonBody, requireText } from './read-json-body.ts';
import {
  type CookieSettings,
  clearSessionCookies,
  REFRESH_COOKIE,
  writeSessionCookies,
} from './session-cookies.ts';

/** `{username, password, cookies?: true}` → tokens, in the body or in cookies. */
export async function answerLogin(call: AuthRequest): Promise<AuthAnswer> {
  const issuer = requireIssuer(call);
  const body = await readJsonBody(call.request, call.options.unfinished);
  const username = requireText(body, 'username', 256);
  const password = requireText(body, 'password', MAX_PASSWORD_BYTES);
  const cookies = body.cookies === true;
  call.actor = username;
  const tokens = await issuer.login({ username, password, cookies }, originOf(call));
  call.record('login', tokens.sessionId);
  return answerTokens(tokens, call.cookies);
}

/** `{refreshToken}`, or the cookie with `x-csrf-token` → new tokens the same way. */
export async function answerRefresh(call: AuthRequest): Promise<AuthAnswer> {
  const issuer = requireIssuer(call);
  const { token, csrfToken } = await readRefreshToken(call);
  if (token === undefined) {
    throw unauthenticated('CREDENTIALS_MISSING', 'There is no refresh token to renew with.');
  }
  const { failures } = call.options;
  const renew = () => issuer.refresh(token, csrfToken);
  const tokens = await failures.guard(call.peer.address, renew);
  call.actor = `${issuer.name} ${tokens.subject}`;
  call.record('refresh', tokens.sessionId);
  return answerTokens(tokens, call.cookies);
}

/**
 * Ends the session of the refresh token, or else of the access token; a token of another issuer is
 * revoked by its `jti`. Leaves no cookie behind, whatever was found.
 */
export async function answerLogout(call: AuthRequest): Promise<AuthAnswer> {
  const { issuer, access } = call.options;
  const done = { status: 204, cookies: clearSessionCookies(call.cookies) };
  const { token } = await readRefreshToken(call);
  if (token !== undefined && issuer !== undefined) {
    const session = await issuer.endByRefreshToken(token);
    if (session !== undefined) call.actor = `${issuer.name} ${session.subject}`;
    call.record('logout', session?.id);
    return done;
  }
  const identity = await call.identify();
  if (isAnonymous(identity)) return done;
  if (identity.sessionId !== undefined && identity.issuer === issuer?.name) {
    await issuer.endSession(identity.subject, identity.sessionId);
  } else if (identity.proof === 'jwt' && identity.tokenId !== undefined) {
    const { issuer: name, tokenId, expiresAtMs } = identity;
    await access.announce({ kind: 'tokenRevoked', issuer: name, tokenId, untilMs: expiresAtMs });
  } else {
    throw new WeirError(
      'FAILED_PRECONDITION',
      'This credential cannot be ended by itself: it has neither a session nor a "jti".',
    );
  }
  call.record('logout', identity.sessionId ?? identity.tokenId);
  return done;
}

async function readRefreshToken({
  request,
  options,
}: AuthRequest): Promise<{ token: string | undefined; csrfToken: string | undefined }> {
  const body = await readJsonBody(request, options.unfinished);
  if (body.refreshToken !== undefined) {
    return { token: requireText(body, 'refreshToken', 256), csrfToken: undefined };
  }
  const token = readCookie(request.headers.cookie, REFRESH_COOKIE);
  if (token === undefined) return { token, csrfToken: undefined };
  const header = request.headers['x-csrf-token'];
  // Checked before the token is used up, or another site could end sessions by asking badly.
  if (typeof header !== 'string' || header !== readCookie(request.headers.cookie, CSRF_COOKIE)) {
    throw unauthenticated(
      'CSRF_TOKEN_WRONG',
      'Send the value of the cookie "weir_csrf" as "x-csrf-token".',
    );
  }
  return { token, csrfToken: header };
}

function answerTokens(tokens: IssuedTokens, settings: CookieSettings): AuthAnswer {
  const { subject, roles, sessionId, expiresInMs, accessToken, refreshToken, csrfToken } = tokens;
  const common = { subject, roles, sessionId, expiresInMs };
  if (csrfToken === undefined) {
    return { status: 200, body: { ...common, tokenType: 'Bearer', accessToken, refreshToken } };
  }
  return {
    status: 200,
    body: { ...common, csrfToken },
    cookies: writeSessionCookies(tokens, settings),
  };
}

function originOf({ peer, request }: AuthRequest) {
  const userAgent = (request.headers['user-agent'] ?? '').slice(0, 256);
  return { address: peer.address, userAgent };
}
