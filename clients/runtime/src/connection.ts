import type { TRPCWebSocketClient } from '@trpc/client';

/**
 * - `idle`: no subscription needs a WebSocket, so there is none;
 * - `connecting`: one is being opened, for the first time or again;
 * - `connected`: it is open.
 */
export type ConnectionState = 'idle' | 'connecting' | 'connected';

/** The WebSocket of a client, for an indicator on the screen and for an orderly end. */
export interface Connection {
  readonly state: ConnectionState;
  /** Calls back on every change; returns how to stop. Fit for React's `useSyncExternalStore`. */
  subscribe(listener: (state: ConnectionState) => void): () => void;
  /** Ends all subscriptions and closes the socket. A later subscription opens it again. */
  close(): Promise<void>;
}

const STATES = { idle: 'idle', connecting: 'connecting', pending: 'connected' } as const;

export function createConnection(client: TRPCWebSocketClient): Connection {
  return {
    get state() {
      return STATES[client.connectionState.get().state];
    },
    subscribe(listener) {
      let last = STATES[client.connectionState.get().state];
      const subscription = client.connectionState.subscribe({
        next({ state }) {
          if (STATES[state] === last) return;
          last = STATES[state];
          listener(last);
        },
      });
      return () => subscription.unsubscribe();
    },
    close: () => client.close(),
  };
}

const connections = new WeakMap<object, Connection>();

export function rememberConnection(client: object, connection: Connection): void {
  connections.set(client, connection);
}

/**
 * The connection of a client that `createWeirClient` made. It is no member of the client, because every
 * name there belongs to the contracts.
 */
export function connectionOf(client: object): Connection {
  const connection = connections.get(client);
  if (connection === undefined) throw new TypeError('This client was not made by createWeirClient');
  return connection;
}
