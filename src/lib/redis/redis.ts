/** A script with the name that Redis keeps it under. */
export interface RedisScript {
  readonly source: string;
  /** SHA-1 of `source` in hex, as EVALSHA takes it. */
  readonly sha: string;
}

/**
 * What Weir asks of Redis. Every method settles within the configured time-out, and rejects with
 * {@link RedisUnavailable} when Redis gave no answer in that time or none that can be relied on.
 */
export interface Redis {
  /**
   * Runs `script` on `keys`, which must stand in one slot of a cluster. Sent as EVALSHA; a server that
   * does not know the script (SCRIPT FLUSH, restart, failover) gets its source in a second try.
   */
  run(
    script: RedisScript,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown>;
  /**
   * As {@link run}, but sent at once and not with everything else of this turn of the event loop: for who
   * has gathered himself what he asks.
   */
  runAtOnce: Redis['run'];
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  publish(channel: string, message: string): Promise<void>;
  /** Listens on `channel` over a connection of its own, made anew as often as needed. */
  subscribe(channel: string, listener: RedisSubscriber): void;
  /**
   * The server's `run_id`, which changes with every restart and failover; undefined in a cluster,
   * which has many.
   */
  serverId(): Promise<string | undefined>;
  /** Whether keys are spread over slots, so that one script can only reach those of one slot. */
  readonly clustered: boolean;
  /** Whether commands can be sent now. */
  readonly connected: boolean;
  /** Why there is no connection, as far as it is known; undefined while there is one. */
  readonly problem: string | undefined;
  /** Tells of every connection made; a new one may lead to another server. */
  onConnect(listener: () => void): void;
  onDisconnect(listener: () => void): void;
  /** Drops the connection and makes a new one: for a peer that has gone silent. */
  reconnect(): void;
  /** Settles within a second whatever state the connections are in, and nothing is open any more then. */
  close(): Promise<void>;
}

export interface RedisSubscriber {
  onMessage(message: string): void;
  /** Messages come from now on. Those that were sent while no subscription stood are lost. */
  onSubscribed(): void;
}

/** Redis gave no answer, or said that it cannot serve now. What was asked may still have been done. */
export class RedisUnavailable extends Error {
  override readonly name = 'RedisUnavailable';
}
