import { WeirError } from '../../../errors.ts';
import { Roster } from '../../../lib/roster.ts';
import { Backoff } from './backoff.ts';
import type { Call, CallDispatcher } from './call.ts';
import { connectionLost } from './call-status.ts';
import { Connection } from './connection.ts';
import type { ConnectionEvents } from './connection-events.ts';
import { EndpointSockets } from './endpoint-socket.ts';
import type { ResolvedOptions } from './options.ts';

/** The share of its streams from which a connection gets a companion ahead of need. */
const NEARLY_FULL = 0.8;

/** The connections of one endpoint, and the calls that wait for one. */
export class ConnectionPool implements CallDispatcher, ConnectionEvents<Connection> {
  readonly #options: ResolvedOptions;
  readonly #sockets: EndpointSockets;
  readonly #backoff: Backoff;
  /** In the order they were opened; calls go to the first with room, so the later ones can fall idle. */
  readonly #connections: Connection[] = [];
  readonly #waiting = new Set<Call>();
  readonly #active = new Roster<Call>();
  /** The last connect failed; until this moment calls are refused rather than kept waiting. */
  #pause: { readonly until: number; readonly error: WeirError } | undefined;
  /** A connection is to be there also while nobody calls. */
  #kept = false;
  #reconnect: NodeJS.Timeout | undefined;
  /** When the last connect began. */
  #connectedAt = Number.NEGATIVE_INFINITY;
  /** To be replaced; they serve until another is open, which may never be if the new certificates are wrong. */
  readonly #outdated = new Set<Connection>();
  readonly #forgetContexts: (() => void) | undefined;
  /** Ends the grace early; set once the pool is closing. */
  #closing: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.#sockets = new EndpointSockets(options);
    this.#backoff = new Backoff(options.reconnectBaseMs, options.reconnectMaxMs);
    this.#forgetContexts = options.tls?.contexts?.onChange(() => this.#replaceAll());
  }

  /** See `Transport.connect`. */
  connect(): void {
    this.#kept = true;
    this.#keepOne();
  }

  dispatch(call: Call): void {
    if (this.#closing !== undefined && !this.#active.has(call)) {
      call.fail(closed(true));
      return;
    }
    this.#active.add(call);
    // Those who wait already come first.
    const connection = this.#waiting.size === 0 ? this.#findRoom() : undefined;
    if (connection !== undefined) {
      call.begin(connection);
      this.#connectAhead(connection);
      return;
    }
    if (this.#waiting.size >= this.#options.maxQueuedCalls) {
      call.fail(queueFull());
      return;
    }
    this.#waiting.add(call);
    call.request.notes?.event('waits for a connection');
    this.#connectForWaiting();
  }

  forget(call: Call): void {
    this.#waiting.delete(call);
  }

  onSettled(call: Call): void {
    this.#active.delete(call);
    if (this.#active.size === 0) this.#closing?.();
  }

  onOpen(connection: Connection): void {
    this.#backoff.reset();
    this.#pause = undefined;
    if (!this.#outdated.has(connection)) {
      for (const old of this.#outdated) old.drain();
    }
    this.onRoom(connection);
  }

  onRoom(connection: Connection): void {
    if (this.#waiting.size === 0) return;
    for (const call of this.#waiting) {
      if (connection.room < 1) break;
      this.#waiting.delete(call);
      call.request.notes?.event('has a connection');
      call.begin(connection);
    }
    this.#connectForWaiting();
  }

  /** Calls that still run keep the connection; new ones find another, opened before they come. */
  onDraining(connection: Connection): void {
    const wasUsed = connection.streams.size > 0;
    this.#remove(connection);
    if (wasUsed && this.#closing === undefined && this.#connections.length === 0) this.#connect();
    this.#keepOne();
  }

  onClosed(connection: Connection, error: WeirError, wasOpen: boolean): void {
    this.#remove(connection);
    if (!wasOpen) this.#onConnectFailed(error);
    else this.#connectForWaiting();
    this.#keepOne();
  }

  /** See `Transport.close`. */
  close(graceMs: number): Promise<void> {
    this.#closed ??= this.#close(graceMs);
    return this.#closed;
  }

  async #close(graceMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#closing = resolve;
    clearTimeout(this.#reconnect);
    this.#forgetContexts?.();
    if (this.#active.size > 0) {
      const timer = setTimeout(resolve, graceMs);
      await promise;
      clearTimeout(timer);
    }
    for (const call of this.#active.values()) call.fail(closed(false));
    for (const connection of [...this.#connections]) connection.destroy(closed(false));
  }

  #findRoom(): Connection | undefined {
    for (const connection of this.#connections) if (connection.room >= 1) return connection;
    return undefined;
  }

  #replaceAll(): void {
    for (const connection of this.#connections) this.#outdated.add(connection);
    // What failed with the old certificates may do with the new.
    this.#backoff.reset();
    this.#pause = undefined;
    this.#keepOne();
  }

  #keepOne(): void {
    const wanted = this.#outdated.size > 0 || (this.#kept && this.#connections.length === 0);
    if (!wanted || this.#closing !== undefined) return;
    if (this.#connections.some((connection) => !this.#outdated.has(connection))) return;
    // A peer that opens connections only to close them would else be asked for the next without a pause.
    const soonest = this.#connectedAt + this.#options.reconnectBaseMs;
    const waitMs = Math.max(this.#pause?.until ?? 0, soonest) - performance.now();
    if (waitMs <= 0) {
      this.#connect();
      return;
    }
    clearTimeout(this.#reconnect);
    this.#reconnect = setTimeout(() => this.#keepOne(), waitMs).unref();
  }

  #connectForWaiting(): void {
    if (this.#waiting.size === 0) return;
    if (this.#connections.some(({ state }) => state.kind === 'connecting')) return;
    if (this.#connections.length >= this.#options.maxConnections) return;
    const pause = this.#pause;
    if (pause === undefined || pause.until <= performance.now()) {
      this.#connect();
      return;
    }
    if (this.#connections.length === 0) this.#failWaiting(pause.error);
  }

  #connectAhead(connection: Connection): void {
    const limit = connection.peer.maxConcurrentStreams;
    if (connection.streams.size < limit * NEARLY_FULL) return;
    if (this.#connections.length >= this.#options.maxConnections) return;
    if (this.#pause !== undefined && this.#pause.until > performance.now()) return;
    const spare = this.#connections.some(
      (other) => other !== connection && (other.state.kind === 'connecting' || other.room >= 1),
    );
    if (!spare) this.#connect();
  }

  #connect(): void {
    this.#connectedAt = performance.now();
    this.#connections.push(new Connection(this.#options, this.#sockets, this));
  }

  #onConnectFailed(error: WeirError): void {
    if (this.#closing === undefined) {
      this.#pause = { until: performance.now() + this.#backoff.next(), error };
    }
    // With another connection left, those who wait will have its streams.
    if (this.#connections.length === 0) this.#failWaiting(error);
  }

  #failWaiting(error: WeirError): void {
    for (const call of [...this.#waiting]) {
      call.fail(connectionLost(error.message, true, error.cause));
    }
  }

  #remove(connection: Connection): void {
    const at = this.#connections.indexOf(connection);
    if (at !== -1) this.#connections.splice(at, 1);
    this.#outdated.delete(connection);
  }
}

function queueFull(): WeirError {
  return new WeirError(
    'RESOURCE_EXHAUSTED',
    'Too many calls wait for this backend; its connections are full.',
    { neverSent: true },
  );
}

function closed(neverSent: boolean): WeirError {
  return new WeirError('UNAVAILABLE', 'The transport to this backend was closed.', { neverSent });
}
