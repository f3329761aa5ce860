/** One login and every token that descends from it. */
export interface Session {
  /** Public: the `sid` of its access tokens. */
  readonly id: string;
  readonly subject: string;
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAtMs: number;
  readonly usedAtMs: number;
  /** When it ends whatever happens. */
  readonly expiresAtMs: number;
  /** Of the login. */
  readonly address: string;
  readonly userAgent: string;
  /** Digest of the CSRF token of a session in cookies; undefined for one with bearer tokens. */
  readonly csrfDigest: string | undefined;
}

export type Rotation =
  | { readonly outcome: 'rotated'; readonly session: Session }
  /** The refresh token was used before: it, or its successor, is in wrong hands. */
  | { readonly outcome: 'reused'; readonly session: Session }
  | { readonly outcome: 'unknown' };

/**
 * Sessions and the digests of their refresh tokens. Every operation is atomic: of two that present the
 * same refresh token at once, exactly one gets `rotated`.
 */
export interface SessionStore {
  create(session: Session, refreshDigest: string): Promise<void>;
  /** Replaces the refresh token `presented` by `next`. On reuse the session is deleted. */
  rotate(id: string, presented: string, next: string, nowMs: number): Promise<Rotation>;
  /** The living sessions of a subject, the newest first. */
  list(subject: string, nowMs: number): Promise<readonly Session[]>;
  /** Deletes a session of this subject; false where there is none. */
  delete(subject: string, id: string): Promise<boolean>;
}
