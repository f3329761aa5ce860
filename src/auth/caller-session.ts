import { type Identity, isAnonymous } from './identity.ts';
import { unauthenticated } from './refusal.ts';

/** What a socket was renewed with. */
export interface Renewal {
  readonly identity: Identity;
  /** Undefined where it was renewed with a ticket. */
  readonly token: string | undefined;
}

/**
 * Who is at the other end of one socket. Until the first renewal the credentials of each call say so;
 * calls made afterwards count as the renewed identity's, and open streams go on with it.
 */
export class CallerSession {
  #first: Identity | undefined;
  #renewed: Renewal | undefined;
  readonly #listeners = new Set<(identity: Identity) => void>();

  get renewed(): Renewal | undefined {
    return this.#renewed;
  }

  /** Remembers who opened the socket, so that it can be renewed even after that token has died. */
  note(identity: Identity): void {
    this.#first ??= identity;
  }

  /**
   * Takes a newer token's identity for the socket. It must be the same subject's, or the first of a
   * socket that was nobody's: streams were opened in its name, and a socket that changes hands would
   * deliver them to another. Throws UNAUTHENTICATED otherwise.
   */
  renew(renewal: Renewal): void {
    const { identity } = renewal;
    const before = this.#renewed?.identity ?? this.#first;
    if (before !== undefined && !isAnonymous(before) && !isSame(before, identity)) {
      throw unauthenticated(
        'CREDENTIALS_MALFORMED',
        'A socket cannot be renewed with a token of somebody else. Open another socket.',
      );
    }
    this.#renewed = renewal;
    for (const listener of [...this.#listeners]) listener(identity);
  }

  /** Hears of renewals. Returns what ends it. */
  onRenewed(listener: (identity: Identity) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

function isSame(one: Identity, other: Identity): boolean {
  return one.issuer === other.issuer && one.subject === other.subject;
}
