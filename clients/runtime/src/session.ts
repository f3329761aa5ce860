/** Who is signed in, as the gateway sees it. */
export interface SessionUser {
  readonly subject: string;
  /** Inherited ones included. */
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
}

/**
 * - `unknown`: not asked yet;
 * - `off`: the gateway lets everybody call everything;
 * - `signedOut`, `signedIn`.
 */
export type SessionState =
  | { readonly state: 'unknown' | 'off' | 'signedOut' }
  | { readonly state: 'signedIn'; readonly user: SessionUser };

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What happened to the session; links bring an open socket up to it. */
export type SessionChange = 'signedIn' | 'renewed' | 'signedOut';

/**
 * A session with the gateway's own issuer. Made by `createWeirSession`, given to `createWeirClient`; it
 * renews itself before its token expires.
 */
export interface WeirSession {
  readonly current: SessionState;
  /** Calls back on every change; returns how to stop. Fit for React's `useSyncExternalStore`. */
  subscribe(listener: () => void): () => void;
  /** Takes up a session that cookies hold from before; without one, asks what the gateway demands. */
  restore(): Promise<void>;
  /** @throws SignInError with the gateway's words. */
  signIn(credentials: Credentials): Promise<void>;
  signOut(): Promise<void>;
  /** Gets new tokens now; one request for however many ask. Without a session it does nothing. */
  renew(): Promise<void>;
  /** What identifies an HTTP call, or a socket in its connectionParams. */
  headers(): Readonly<Record<string, string>>;
  /** What proves the session to an open socket. */
  proof(): Promise<{ readonly token: string } | { readonly ticket: string }>;
  /** Calls back before the listeners of {@link subscribe}, which wait for what it returns. */
  onChange(listener: (change: SessionChange) => Promise<void>): void;
  /** Stops renewing. */
  close(): void;
}

/** The gateway refused to sign in, or cannot be reached. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
  /** When to try again, where the gateway said so. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryAfterMs?: number, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}
