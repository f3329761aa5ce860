import type { WeirError } from '../../../errors.ts';

/** What a connection tells whoever opened it. */
export interface ConnectionEvents<Connection> {
  onOpen(connection: Connection): void;
  /** A stream ended, or the peer allows more. */
  onRoom(connection: Connection): void;
  onDraining(connection: Connection): void;
  onClosed(connection: Connection, error: WeirError, wasOpen: boolean): void;
}
