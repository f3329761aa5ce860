import type { Identity } from './identity.ts';
import { unauthenticated } from './refusal.ts';

/**
 * Who is at the other end of one socket, once the token it began with was renewed. Calls made
 * afterwards count as the renewed identity's, and open streams go on with it.
 */
export class CallerSession {
  #renewed: { readonly identity: Identity; readonly token: string } | undefined;
  readonly #listeners = new Set<(identity: Identity) => void>();

  /** Undefined until the first renewal: then the credentials of each call say who calls. */
  get renewed(): { readonly identity: Identity; readonly token: string } | undefined {
    return this.#renewed;
  }

  /**
   * Takes a newer token's identity for the socket. It must be the same subject's: streams were opened in
   * its name, and a socket that changes hands would deliver them to another.
   * Throws UNAUTHENTICATED otherwise.
   */
  renew(before: Identity, identity: Identity, token: string): void {
    if (identity.issuer !== before.issuer || identity.subject !== before.subject) {
      throw unauthenticated(
        'CREDENTIALS_MALFORMED',
        'A socket cannot be renewed with a token of somebody else. Open another socket.',
      );
    }
    this.#renewed = { identity, token };
    for (const listener of [...this.#listeners]) listener(identity);
  }

  /** Hears of renewals. Returns what ends it. */
  onRenewed(listener: (identity: Identity) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
