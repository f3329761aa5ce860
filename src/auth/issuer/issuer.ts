import { hash, randomBytes, randomUUID } from 'node:crypto';
import { WeirError } from '../../errors.ts';
import { CSRF_CLAIM, createCsrfToken, digestCsrfToken, sameDigest } from '../credentials/csrf.ts';
import { jose } from '../jose.ts';
import { unauthenticated } from '../refusal.ts';
import type { LiveAccess } from '../revocation/live-access.ts';
import type { LoginAttempts } from './login-attempts.ts';
import { hashPassword, MAX_PASSWORD_BYTES, verifyPassword } from './password-hash.ts';
import type { Session, SessionStore } from './session.ts';
import { SIGNING_ALGORITHM, type SigningKeys } from './signing-keys.ts';
import type { User, UserStore } from './user-store.ts';

export interface IssuerOptions {
  /** The `iss` of its tokens. */
  readonly issuer: string;
  readonly audience: string;
  /** Read on each use, so that a reload may put another in its place. */
  readonly users: () => UserStore;
  readonly sessions: SessionStore;
  readonly keys: SigningKeys;
  readonly attempts: LoginAttempts;
  readonly access: LiveAccess;
  readonly accessTokenTtlMs: number;
  /** How long a session lives at most, however often it is renewed. */
  readonly sessionTtlMs: number;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}

/** Where a request to the issuer came from. */
export interface Origin {
  readonly address: string;
  readonly userAgent: string;
}

export interface IssuedTokens {
  readonly subject: string;
  readonly roles: readonly string[];
  readonly accessToken: string;
  readonly expiresInMs: number;
  /** `<session id>.<secret>`; works once. */
  readonly refreshToken: string;
  readonly sessionId: string;
  readonly sessionExpiresAtMs: number;
  /** Only for a session in cookies. */
  readonly csrfToken: string | undefined;
}

export interface Login {
  readonly username: string;
  readonly password: string;
  /** Whether the tokens will live in cookies, and so need a CSRF token. */
  readonly cookies: boolean;
}

export interface Issuer {
  /** The `iss` of its tokens: subjects of other issuers are other people, whatever their names. */
  readonly name: string;
  /**
   * Signs in. Rejects with UNAUTHENTICATED, in the same words and the same time whether the account or
   * the password was wrong, and with RESOURCE_EXHAUSTED after too many attempts.
   */
  login(login: Login, origin: Origin): Promise<IssuedTokens>;
  /**
   * Exchanges a refresh token. `csrfToken` must fit where the session is in cookies.
   * Rejects with UNAUTHENTICATED; a token used before ends its whole session.
   */
  refresh(refreshToken: string, csrfToken: string | undefined): Promise<IssuedTokens>;
  /** Ends the session of a refresh token, used or not; undefined where there is none. */
  endByRefreshToken(refreshToken: string): Promise<Session | undefined>;
  /** Ends a session and everything issued in it; false where the subject has no such session. */
  endSession(subject: string, sessionId: string): Promise<boolean>;
  sessions(subject: string): Promise<readonly Session[]>;
  /** Ends all sessions of a subject. */
  endAllSessions(subject: string): Promise<void>;
  /** Makes new roles count for tokens already issued. */
  announceRoles(subject: string, roles: readonly string[]): Promise<void>;
}

/** Weir as its own identity provider: access tokens of RFC 9068, rotating refresh tokens of RFC 9700. */
export function createIssuer(options: IssuerOptions): Issuer {
  const { issuer, audience, users, sessions, keys, attempts, access, now = Date.now } = options;
  const { accessTokenTtlMs, sessionTtlMs } = options;
  /** Verified in place of an account that is not there, so that both take one argon2id. */
  const decoyHash = hashPassword(randomBytes(32).toString('base64url'));

  async function signAccessToken(user: User, session: Session): Promise<string> {
    const { kid, privateKey } = await keys.current();
    // With its milliseconds (RFC 7519 section 2 allows them), so that a login right after a
    // revocation does not count as before it.
    const seconds = now() / 1000;
    return new (jose().SignJWT)({
      sid: session.id,
      client_id: 'weir',
      roles: [...user.roles],
      ...(session.csrfDigest === undefined ? {} : { [CSRF_CLAIM]: session.csrfDigest }),
    })
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid, typ: 'at+jwt' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(user.name)
      .setJti(randomUUID())
      .setIssuedAt(seconds)
      .setExpirationTime(Math.min(seconds + accessTokenTtlMs / 1000, session.expiresAtMs / 1000))
      .sign(privateKey);
  }

  async function issue(
    user: User,
    session: Session,
    secret: string,
    csrfToken: string | undefined,
  ): Promise<IssuedTokens> {
    return {
      subject: user.name,
      roles: user.roles,
      accessToken: await signAccessToken(user, session),
      expiresInMs: Math.min(accessTokenTtlMs, session.expiresAtMs - now()),
      refreshToken: `${session.id}.${secret}`,
      sessionId: session.id,
      sessionExpiresAtMs: session.expiresAtMs,
      csrfToken,
    };
  }

  async function revokeSession(sessionId: string): Promise<void> {
    await access.announce({
      kind: 'sessionRevoked',
      issuer,
      sessionId,
      untilMs: now() + accessTokenTtlMs,
    });
  }

  async function endSession(subject: string, sessionId: string): Promise<boolean> {
    const ended = await sessions.delete(subject, sessionId);
    if (ended) await revokeSession(sessionId);
    return ended;
  }

  return {
    name: issuer,

    async login({ username, password, cookies }, origin) {
      const waitMs = await attempts.begin(username, origin.address);
      if (waitMs !== undefined) {
        throw new WeirError('RESOURCE_EXHAUSTED', 'Too many attempts to sign in.', {
          retryAfterMs: waitMs,
        });
      }
      const user = await users().find(username);
      const tooLong = Buffer.byteLength(password) > MAX_PASSWORD_BYTES;
      const fits = await verifyPassword(
        tooLong ? '' : password,
        user?.passwordHash ?? (await decoyHash),
      );
      if (user === undefined || user.disabled || !fits || tooLong) {
        throw unauthenticated('LOGIN_FAILED', 'The user name or the password is wrong.');
      }
      await attempts.succeeded(username);
      const csrfToken = cookies ? createCsrfToken() : undefined;
      const nowMs = now();
      const session: Session = {
        id: randomUUID(),
        subject: user.name,
        createdAtMs: nowMs,
        usedAtMs: nowMs,
        expiresAtMs: nowMs + sessionTtlMs,
        ...origin,
        csrfDigest: csrfToken && digestCsrfToken(csrfToken),
      };
      const secret = createSecret();
      await sessions.create(session, digestOf(secret));
      return issue(user, session, secret, csrfToken);
    },

    async refresh(refreshToken, csrfToken) {
      const { id, secret } = splitRefreshToken(refreshToken);
      const next = createSecret();
      const rotation = await sessions.rotate(id, digestOf(secret), digestOf(next), now());
      if (rotation.outcome === 'unknown') throw wrongRefreshToken();
      const { session } = rotation;
      if (rotation.outcome === 'reused') {
        await revokeSession(session.id);
        throw wrongRefreshToken();
      }
      if (session.csrfDigest !== undefined && !fitsCsrf(csrfToken, session.csrfDigest)) {
        await endSession(session.subject, session.id);
        throw wrongRefreshToken();
      }
      const user = await users().find(session.subject);
      if (user === undefined || user.disabled) {
        await endSession(session.subject, session.id);
        throw wrongRefreshToken();
      }
      return issue(user, session, next, csrfToken);
    },

    async endByRefreshToken(refreshToken) {
      const { id, secret } = splitRefreshToken(refreshToken);
      const next = digestOf(createSecret());
      const rotation = await sessions.rotate(id, digestOf(secret), next, now());
      if (rotation.outcome === 'unknown') return undefined;
      const { session } = rotation;
      await sessions.delete(session.subject, session.id);
      await revokeSession(session.id);
      return session;
    },

    endSession,

    sessions: (subject) => sessions.list(subject, now()),

    async endAllSessions(subject) {
      for (const { id } of await sessions.list(subject, now())) await sessions.delete(subject, id);
      const atMs = now();
      const untilMs = atMs + accessTokenTtlMs;
      await access.announce({ kind: 'subjectRevoked', issuer, subject, atMs, untilMs });
    },

    async announceRoles(subject, roles) {
      const atMs = now();
      const untilMs = atMs + accessTokenTtlMs;
      await access.announce({ kind: 'rolesChanged', issuer, subject, roles, atMs, untilMs });
    },
  };
}

function fitsCsrf(token: string | undefined, digest: string): boolean {
  return token !== undefined && sameDigest(token, digest);
}

function createSecret(): string {
  return randomBytes(32).toString('base64url');
}

function digestOf(secret: string): string {
  return hash('sha256', secret, 'base64url');
}

function splitRefreshToken(token: string): { id: string; secret: string } {
  const [, id, secret] = /^([0-9a-f-]{36})\.([A-Za-z0-9_-]{43})$/.exec(token) ?? [];
  if (id === undefined || secret === undefined) throw wrongRefreshToken();
  return { id, secret };
}

function wrongRefreshToken(): WeirError {
  return unauthenticated('REFRESH_TOKEN_WRONG', 'The refresh token is not valid. Sign in again.');
}
