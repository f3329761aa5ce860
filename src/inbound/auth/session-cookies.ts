import { CSRF_COOKIE } from '../../auth/credentials/csrf.ts';
import { ACCESS_COOKIE } from '../../auth/credentials/read-credential.ts';
import type { IssuedTokens } from '../../auth/issuer/issuer.ts';

export const REFRESH_COOKIE = 'weir_refresh';

export interface CookieSettings {
  readonly secure: boolean;
  readonly domain: string | undefined;
  /** Where the issuer's endpoints are: the only place the refresh token is sent to. */
  readonly authPath: string;
}

/**
 * The cookies of a session (RFC 6265bis). Scripts can read none but the CSRF token, no other site's
 * request carries any, and the refresh token travels to the issuer's endpoints alone.
 */
export function writeSessionCookies(tokens: IssuedTokens, settings: CookieSettings): string[] {
  const { accessToken, refreshToken, csrfToken = '', expiresInMs, sessionExpiresAtMs } = tokens;
  const sessionMs = sessionExpiresAtMs - Date.now();
  return [
    write(ACCESS_COOKIE, accessToken, expiresInMs, 'HttpOnly; Path=/', settings),
    write(REFRESH_COOKIE, refreshToken, sessionMs, `HttpOnly; Path=${settings.authPath}`, settings),
    write(CSRF_COOKIE, csrfToken, sessionMs, 'Path=/', settings),
  ];
}

/** Takes all of them back. */
export function clearSessionCookies(settings: CookieSettings): string[] {
  return [
    write(ACCESS_COOKIE, '', 0, 'HttpOnly; Path=/', settings),
    write(REFRESH_COOKIE, '', 0, `HttpOnly; Path=${settings.authPath}`, settings),
    write(CSRF_COOKIE, '', 0, 'Path=/', settings),
  ];
}

function write(
  name: string,
  value: string,
  maxAgeMs: number,
  attributes: string,
  { secure, domain }: CookieSettings,
): string {
  const maxAge = `Max-Age=${Math.max(0, Math.floor(maxAgeMs / 1000))}`;
  const rest = `${domain === undefined ? '' : `; Domain=${domain}`}${secure ? '; Secure' : ''}`;
  return `${name}=${value}; ${maxAge}; ${attributes}; SameSite=Strict${rest}`;
}
