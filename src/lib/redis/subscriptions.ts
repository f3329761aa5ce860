import type { Redis as Connection } from 'ioredis';
import { closeConnection } from './close-connection.ts';
import { reconnectDelay } from './reconnect-delay.ts';
import type { RedisSubscriber } from './redis.ts';

/**
 * Everything that is listened to, over one connection of its own. When that is lost, or does not let
 * itself be subscribed on, another is opened, as often as needed.
 */
export class Subscriptions {
  readonly #open: (attempt: number) => Connection;
  readonly #listeners = new Map<string, RedisSubscriber[]>();
  #connection: Connection | undefined;
  #timer: NodeJS.Timeout | undefined;
  #attempt = 0;
  #closed = false;

  /** @param open gives a connection that ends, and does not reconnect, when it is lost */
  constructor(open: (attempt: number) => Connection) {
    this.#open = open;
  }

  add(channel: string, listener: RedisSubscriber): void {
    const others = this.#listeners.get(channel);
    if (others === undefined) this.#listeners.set(channel, [listener]);
    else others.push(listener);
    if (this.#connection?.status === 'ready') void this.#subscribe(this.#connection, [channel]);
    else if (this.#connection === undefined && this.#timer === undefined) this.#connect();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#connection !== undefined) await closeConnection(this.#connection);
  }

  #connect(): void {
    const connection = this.#open(this.#attempt);
    this.#connection = connection;
    this.#attempt += 1;
    connection.on('message', (channel: string, message: string) => {
      for (const { onMessage } of this.#listeners.get(channel) ?? []) onMessage(message);
    });
    connection.once('ready', () => this.#subscribe(connection, [...this.#listeners.keys()]));
    connection.once('end', () => {
      this.#connection = undefined;
      if (!this.#closed) this.#connectLater();
    });
  }

  #connectLater(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#connect();
    }, reconnectDelay(this.#attempt));
    this.#timer.unref();
  }

  async #subscribe(connection: Connection, channels: readonly string[]): Promise<void> {
    try {
      await connection.subscribe(...channels);
    } catch {
      // Lost meanwhile, or refused: either way the next connection asks again.
      connection.disconnect();
      return;
    }
    this.#attempt = 0;
    for (const channel of channels) {
      for (const { onSubscribed } of this.#listeners.get(channel) ?? []) onSubscribed();
    }
  }
}
