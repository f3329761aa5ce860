import { hash, randomBytes } from 'node:crypto';
import { type Identity, isAnonymous } from '../identity.ts';
import { unauthenticated } from '../refusal.ts';
import { toStoreError } from '../store-unavailable.ts';
import type { TicketStore } from './ticket-store.ts';

export interface TicketOptions {
  readonly store: TicketStore;
  /** Default 30 seconds: enough to open a stream, too short to be worth stealing from a log. */
  readonly ttlMs?: number;
}

export interface Tickets {
  issue(identity: Identity): Promise<{ readonly ticket: string; readonly expiresInMs: number }>;
  /** Rejects with UNAUTHENTICATED for one that is unknown, used or too old. */
  redeem(ticket: string): Promise<Identity>;
}

/**
 * A ticket stands in for a token where only a URL can carry it (`EventSource` sends no headers). It
 * works once and briefly, so a URL that ends up in a log or a history holds nothing usable.
 */
export function createTickets({ store, ttlMs = 30_000 }: TicketOptions): Tickets {
  return {
    async issue(identity) {
      if (isAnonymous(identity)) {
        throw unauthenticated('CREDENTIALS_MISSING', 'A ticket needs a caller who has signed in.');
      }
      const ticket = randomBytes(32).toString('base64url');
      await store.put(digestOf(ticket), toText(identity), ttlMs).catch(rethrowStoreError);
      return { ticket, expiresInMs: ttlMs };
    },
    async redeem(ticket) {
      const text = await store.take(digestOf(ticket)).catch(rethrowStoreError);
      if (text === undefined) {
        throw unauthenticated('TICKET_WRONG', 'The ticket is unknown, used already, or too old.');
      }
      return toIdentity(text);
    },
  };
}

function rethrowStoreError(thrown: unknown): never {
  throw toStoreError(thrown);
}

function digestOf(ticket: string): string {
  return hash('sha256', ticket, 'base64url');
}

/** JSON has no `Infinity`, so "never" is written as null. */
function toText(identity: Identity): string {
  return JSON.stringify(identity);
}

function toIdentity(text: string): Identity {
  // Written by `toText` above, under a key that only Weir writes.
  const fields: Omit<Identity, 'expiresAtMs'> & { expiresAtMs: number | null } = JSON.parse(text);
  return Object.freeze({
    ...fields,
    tokenId: fields.tokenId,
    sessionId: fields.sessionId,
    expiresAtMs: fields.expiresAtMs ?? Number.POSITIVE_INFINITY,
  });
}
