import type { WeirError } from '../../errors.ts';
import type { ExpiryQueue } from '../expiry-queue.ts';
import { type Identity, isAnonymous } from '../identity.ts';
import { unauthenticated } from '../refusal.ts';
import type { AccessChange } from './access-change.ts';
import type { AccessChangeFeed } from './access-change-feed.ts';

export interface IdentityWatcher {
  /** The token expired or was revoked. Called once; nothing follows. */
  readonly onEnd: (error: WeirError) => void;
  /** The same caller, with other roles. */
  readonly onChange: (identity: Identity) => void;
}

interface Watch extends IdentityWatcher {
  readonly identity: Identity;
}

/**
 * What identities are worth right now: the one place that knows of revocations and changed roles.
 * Everything is asked from memory; other instances are heard through the feed.
 */
export class LiveAccess {
  readonly #feed: AccessChangeFeed;
  readonly #expiry: ExpiryQueue;
  readonly #now: () => number;
  readonly #changes = new Map<string, AccessChange>();
  readonly #watches = new Map<string, Set<Watch>>();
  /** So that one identity with changed roles stays one object, and what hangs on it stays found. */
  readonly #withRoles = new WeakMap<Identity, Identity>();

  constructor(feed: AccessChangeFeed, expiry: ExpiryQueue, now: () => number = Date.now) {
    this.#feed = feed;
    this.#expiry = expiry;
    this.#now = now;
  }

  /** Begins to hear the changes of other instances. */
  async start(): Promise<void> {
    await this.#feed.subscribe((change) => this.#apply(change));
  }

  /** The identity as it stands now, its roles included. Throws UNAUTHENTICATED once it is revoked. */
  current(identity: Identity): Identity {
    if (this.#changes.size === 0) return identity;
    const { issuer, tokenId, sessionId } = identity;
    if (tokenId !== undefined && this.#changes.has(tokenKey(issuer, tokenId))) throw revoked();
    if (sessionId !== undefined && this.#changes.has(sessionKey(issuer, sessionId)))
      throw revoked();
    const end = this.#changes.get(subjectKey('subjectRevoked', identity));
    if (end?.kind === 'subjectRevoked' && identity.issuedAtMs <= end.atMs) throw revoked();
    const change = this.#changes.get(subjectKey('rolesChanged', identity));
    if (change?.kind !== 'rolesChanged' || identity.issuedAtMs > change.atMs) return identity;
    if (identity.roles === change.roles) return identity;
    const known = this.#withRoles.get(identity);
    if (known?.roles === change.roles) return known;
    const changed = Object.freeze({ ...identity, roles: change.roles });
    this.#withRoles.set(identity, changed);
    return changed;
  }

  /** As {@link current}, and throws once the identity has expired. */
  alive(identity: Identity): Identity {
    if (this.#now() >= identity.expiresAtMs) throw expired();
    return this.current(identity);
  }

  /** Makes a change hold here at once, and on other instances as soon as they hear of it. */
  async announce(change: AccessChange): Promise<void> {
    this.#apply(change);
    await this.#feed.publish(change);
  }

  /**
   * Tells when an identity ends or changes. An identity that has ended already is told at once.
   * Returns what ends the watch.
   */
  watch(identity: Identity, watcher: IdentityWatcher): () => void {
    if (isAnonymous(identity)) return () => {};
    const end = (error: WeirError) => {
      stop();
      watcher.onEnd(error);
    };
    const watch: Watch = { identity, onEnd: end, onChange: watcher.onChange };
    const keys = watchKeys(identity);
    for (const key of keys) {
      const watches = this.#watches.get(key);
      if (watches === undefined) this.#watches.set(key, new Set([watch]));
      else watches.add(watch);
    }
    const cancelExpiry = this.#expiry.add(identity.expiresAtMs, () => {
      end(expired());
    });
    const stop = () => {
      cancelExpiry();
      for (const key of keys) {
        const watches = this.#watches.get(key);
        watches?.delete(watch);
        if (watches?.size === 0) this.#watches.delete(key);
      }
    };
    this.#tell(watch);
    return stop;
  }

  async close(): Promise<void> {
    await this.#feed.close();
  }

  #apply(change: AccessChange): void {
    if (change.untilMs <= this.#now()) return;
    const key = keyOf(change);
    const before = this.#changes.get(key);
    // Instances may hear two changes of one subject in either order; the later one holds.
    if (before !== undefined && 'atMs' in before && 'atMs' in change && before.atMs > change.atMs) {
      return;
    }
    this.#changes.set(key, change);
    this.#expiry.add(change.untilMs, () => {
      if (this.#changes.get(key) === change) this.#changes.delete(key);
    });
    const watched = change.kind === 'rolesChanged' ? subjectKey('subjectRevoked', change) : key;
    for (const watch of [...(this.#watches.get(watched) ?? [])]) this.#tell(watch);
  }

  #tell(watch: Watch): void {
    let identity: Identity;
    try {
      identity = this.current(watch.identity);
    } catch (error) {
      watch.onEnd(revoked(error));
      return;
    }
    if (identity !== watch.identity) watch.onChange(identity);
  }
}

function expired(): WeirError {
  return unauthenticated('TOKEN_EXPIRED', 'The token has expired.');
}

function revoked(cause?: unknown): WeirError {
  return unauthenticated('TOKEN_REVOKED', 'The token has been revoked.', cause);
}

function tokenKey(issuer: string, tokenId: string): string {
  return `tokenRevoked ${issuer} ${tokenId}`;
}

function sessionKey(issuer: string, sessionId: string): string {
  return `sessionRevoked ${issuer} ${sessionId}`;
}

function subjectKey(
  kind: 'subjectRevoked' | 'rolesChanged',
  { issuer, subject }: { readonly issuer: string; readonly subject: string },
): string {
  return `${kind} ${issuer} ${subject}`;
}

function keyOf(change: AccessChange): string {
  switch (change.kind) {
    case 'tokenRevoked':
      return tokenKey(change.issuer, change.tokenId);
    case 'sessionRevoked':
      return sessionKey(change.issuer, change.sessionId);
    default:
      return subjectKey(change.kind, change);
  }
}

function watchKeys(identity: Identity): string[] {
  const { issuer, tokenId, sessionId } = identity;
  const keys = [subjectKey('subjectRevoked', identity)];
  if (tokenId !== undefined) keys.push(tokenKey(issuer, tokenId));
  if (sessionId !== undefined) keys.push(sessionKey(issuer, sessionId));
  return keys;
}
