import type { Client } from '@grpc/grpc-js';
import { grpcJs } from './grpc-js.ts';

export interface RenewingClientOptions {
  /** Makes a client with the credentials of the moment; it connects when it is asked to. */
  readonly create: () => Client;
  /** Undefined where credentials never change. */
  readonly onChange: ((listener: () => void) => () => void) | undefined;
}

/** The client that calls go to, replaced when credentials change. */
export interface RenewingClient {
  readonly current: Client;
  close(): void;
}

/**
 * The next client connects first: new certificates may be wrong, or ahead of the backend's own, and are no
 * reason to leave a connection that serves. As soon as the next is connected, or the present is no longer,
 * calls go to the next, and those that run on the old one finish there.
 */
export function createRenewingClient({ create, onChange }: RenewingClientOptions): RenewingClient {
  const { READY, IDLE } = grpcJs().connectivityState;
  let current = create();
  let next: Client | undefined;
  const forget = onChange?.(renew);

  function renew(): void {
    next?.close();
    const made = create();
    next = made;
    const state = current.getChannel().getConnectivityState(false);
    // One that nobody called needs no connection.
    if (state !== IDLE) made.getChannel().getConnectivityState(true);
    if (state !== READY) {
      promote(made);
      return;
    }
    made.waitForReady(Number.POSITIVE_INFINITY, () => promote(made));
    current
      .getChannel()
      .watchConnectivityState(READY, Number.POSITIVE_INFINITY, () => promote(made));
  }

  /** Also told of clients that were themselves replaced, or closed. */
  function promote(made: Client): void {
    if (next !== made) return;
    next = undefined;
    // Closing lets its calls finish.
    current.close();
    current = made;
  }

  return {
    get current() {
      return current;
    },
    close() {
      forget?.();
      next?.close();
      next = undefined;
      current.close();
    },
  };
}
