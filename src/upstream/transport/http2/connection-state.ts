import type { WeirError } from '../../../errors.ts';
import type { Connection } from './connection.ts';

export type ConnectionState =
  /** The socket, TLS, and the peer's SETTINGS are awaited. */
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  /** Takes no new stream; closes behind the last one. */
  | { readonly kind: 'draining' }
  | { readonly kind: 'closed'; readonly error: WeirError };

export interface ConnectionEvents {
  onOpen(connection: Connection): void;
  /** A stream ended, or the peer allows more. */
  onRoom(connection: Connection): void;
  onDraining(connection: Connection): void;
  onClosed(connection: Connection, error: WeirError, wasOpen: boolean): void;
}
