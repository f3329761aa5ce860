import { createAuthEndpoints, type IssuedSession, type SessionAnswer } from './auth-endpoints.ts';
import type { SessionChange, SessionState, WeirSession } from './session.ts';

export interface WeirSessionOptions {
  /** Default: `/api/v1/auth`, for a page that the gateway serves. */
  readonly url?: string;
  /**
   * Default: `cookies` in a browser, where no script can read them and a reload keeps the session;
   * `memory` elsewhere: the tokens are gone with the process.
   */
  readonly keep?: 'cookies' | 'memory';
  readonly fetch?: typeof fetch;
}

/** Renewed when a fifth of the token's life is left, and at least once in 12 hours. */
const RENEW_AT = 0.8;
const MAX_WAIT_MS = 43_200_000;

/** A gateway that could not be reached is asked again after this; the session may still be good. */
const RETRY_MS = 3_000;

/** {@link WeirSession} says what it does. */
export function createWeirSession(options: WeirSessionOptions = {}): WeirSession {
  const cookies = (options.keep ?? (hasCookies() ? 'cookies' : 'memory')) === 'cookies';
  const endpoints = createAuthEndpoints(
    options.url ?? '/api/v1/auth',
    options.fetch ?? ((input, init) => fetch(input, init)),
  );
  const listeners = new Set<() => void>();
  const changeListeners: ((change: SessionChange) => Promise<void>)[] = [];
  let current: SessionState = { state: 'unknown' };
  let tokens: IssuedSession | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let renewing: Promise<void> | undefined;
  let leaving: Promise<void> | undefined;
  let turn: Promise<void> = Promise.resolve();
  let closed = false;

  /** One at a time: tokens that come late must not replace newer ones, nor come back after the session's end. */
  function inTurn(run: () => Promise<void>): Promise<void> {
    turn = turn.then(run, run);
    return turn;
  }

  function headers(): Readonly<Record<string, string>> {
    if (!cookies) {
      return tokens?.accessToken === undefined
        ? {}
        : { authorization: `Bearer ${tokens.accessToken}` };
    }
    const csrfToken = readCsrfCookie();
    return csrfToken === undefined ? {} : { 'x-csrf-token': csrfToken };
  }

  /** A renewal that changed nothing is nobody's concern. */
  function become(next: SessionState): void {
    if (JSON.stringify(next) === JSON.stringify(current)) return;
    current = next;
    for (const listener of [...listeners]) listener();
  }

  async function tell(change: SessionChange): Promise<void> {
    await Promise.all(changeListeners.map((listener) => listener(change)));
  }

  /** Takes what the gateway issued, and asks it what that is worth. */
  async function adopt(issued: IssuedSession, change: SessionChange): Promise<void> {
    tokens = issued;
    schedule(Math.min(issued.expiresInMs * RENEW_AT, MAX_WAIT_MS));
    const { subject, roles, permissions } = await endpoints.session(headers());
    await tell(change);
    if (subject === null) become({ state: 'signedOut' });
    else become({ state: 'signedIn', user: { subject, roles, permissions } });
  }

  async function end(): Promise<void> {
    clearTimeout(timer);
    tokens = undefined;
    await tell('signedOut');
    become({ state: 'signedOut' });
  }

  function schedule(waitMs: number): void {
    clearTimeout(timer);
    if (closed) return;
    timer = setTimeout(() => void renew().catch(() => schedule(RETRY_MS)), waitMs);
    // In Node, where a timer is an object, a session must not keep a script alive.
    const unref: unknown = Reflect.get(Object(timer), 'unref');
    if (typeof unref === 'function') unref.call(timer);
  }

  async function renewNow(): Promise<void> {
    const { refreshToken } = tokens ?? {};
    if (!cookies && refreshToken === undefined) return;
    if (cookies && readCsrfCookie() === undefined) {
      // Another page of this browser signed out.
      if (current.state === 'signedIn') await end();
      return;
    }
    // Pages of one browser share the cookie, and a refresh token used twice ends the session.
    const issued = await exclusively(() =>
      endpoints.refresh(cookies ? {} : { refreshToken }, cookies ? headers() : {}),
    );
    if (issued === undefined) await end();
    else await adopt(issued, 'renewed');
  }

  /** Unless somebody signed in while the gateway was asked. */
  function learn({ accessControl }: SessionAnswer): void {
    if (current.state === 'signedIn') return;
    become({ state: accessControl === 'off' ? 'off' : 'signedOut' });
  }

  async function leave(): Promise<void> {
    const { refreshToken } = tokens ?? {};
    await endpoints.logout(refreshToken === undefined ? {} : { refreshToken }, headers());
    await end();
  }

  function renew(): Promise<void> {
    // Streams die while a person signs out; what they wait for is that, not another token.
    if (leaving !== undefined) return leaving;
    renewing ??= inTurn(renewNow).finally(() => {
      renewing = undefined;
    });
    return renewing;
  }

  return {
    get current() {
      return current;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async restore() {
      await renew();
      if (current.state !== 'signedIn') learn(await endpoints.session({}));
    },
    signIn: ({ username, password }) =>
      inTurn(async () => adopt(await endpoints.login({ username, password, cookies }), 'signedIn')),
    signOut() {
      leaving ??= inTurn(leave).finally(() => {
        leaving = undefined;
      });
      return leaving;
    },
    renew,
    headers,
    async proof() {
      if (tokens?.accessToken !== undefined) return { token: tokens.accessToken };
      return { ticket: (await endpoints.ticket(headers())).ticket };
    },
    onChange: (listener) => void changeListeners.push(listener),
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

function hasCookies(): boolean {
  return typeof document !== 'undefined';
}

/** The one cookie of the session that scripts may read. */
function readCsrfCookie(): string | undefined {
  if (!hasCookies()) return undefined;
  return /(?:^|; )weir_csrf=([^;]+)/.exec(document.cookie)?.[1];
}

async function exclusively<Answer>(run: () => Promise<Answer>): Promise<Answer> {
  const locks = typeof navigator === 'undefined' ? undefined : navigator.locks;
  return locks === undefined ? run() : locks.request('weir-refresh', run);
}
