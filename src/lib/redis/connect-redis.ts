import { createRequire } from 'node:module';
import type { Cluster, Redis as Connection, RedisOptions } from 'ioredis';
import { type Redis, type RedisScript, RedisUnavailable } from './redis.ts';
import { ReplyTimeout } from './reply-timeout.ts';

const require = createRequire(import.meta.url);

export interface RedisTarget {
  /**
   * One URL for a single server (`redis://`, `rediss://` for TLS), or several for the nodes of a
   * cluster, of which one answering is enough to find the others.
   */
  readonly urls: readonly string[];
  /** How long a reply may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** Replies with which a server says that it is up but cannot serve (now, or not in this role). */
const CANNOT_SERVE =
  /^(?:LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|OOM|NOREPLICAS|MISCONF)\b/;

/** Connects in the background: the returned object is usable at once and says what it cannot do yet. */
export function connectRedis({ urls, timeoutMs }: RedisTarget): Redis {
  const options = {
    enableAutoPipelining: true,
    // Who asks while there is no connection has to decide without Redis, not wait for it.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // A charge that may have been made already must not be made again.
    autoResendUnfulfilledCommands: false,
    connectTimeout: 1_000,
    keepAlive: 10_000,
    // On closing, a server that hangs is not waited for.
    disconnectTimeout: 100,
    retryStrategy: reconnectDelay,
    // A replica answers READONLY to those who still take it for the primary: look again who is.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  } satisfies RedisOptions;

  // Loaded only here, since most gateways count and cache in memory and need none of it.
  const ioredis: typeof import('ioredis') = require('ioredis');
  const [url = '', ...more] = urls;
  const connect = () =>
    more.length === 0
      ? new ioredis.Redis(url, options)
      : new ioredis.Cluster([...urls], {
          enableAutoPipelining: true,
          enableOfflineQueue: false,
          clusterRetryStrategy: reconnectDelay,
          redisOptions: options,
          slotsRefreshTimeout: 1_000,
        });

  const connection = connect();
  let subscriber: Connection | Cluster | undefined;
  const timeout = new ReplyTimeout(
    timeoutMs,
    () => new RedisUnavailable(`Redis gave no answer within ${timeoutMs} ms`),
  );
  // Each failing command says so to its caller; an 'error' event without a listener would end the process.
  connection.on('error', () => {});

  const settle = <T>(reply: Promise<T>): Promise<T> =>
    timeout.watch(reply).catch((error: unknown) => {
      throw toUnavailable(error);
    });

  const send = (script: RedisScript, keys: readonly string[], args: readonly (string | number)[]) =>
    connection.evalsha(script.sha, keys.length, ...keys, ...args).catch((error: unknown) => {
      if (!isReply(error, 'NOSCRIPT')) throw error;
      return connection.eval(script.source, keys.length, ...keys, ...args);
    });

  const sendAtOnce: typeof send = (script, keys, args) => {
    const evaluate = (name: 'evalsha' | 'eval', text: string): Promise<unknown> => {
      const argv = [text, keys.length, ...keys, ...args];
      const command = new ioredis.Command(name, argv, { replyEncoding: 'utf8' });
      connection.sendCommand(command);
      return command.promise;
    };
    return evaluate('evalsha', script.sha).catch((error: unknown) => {
      if (!isReply(error, 'NOSCRIPT')) throw error;
      return evaluate('eval', script.source);
    });
  };

  return {
    runAtOnce: (script, keys, args) => settle(sendAtOnce(script, keys, args)),
    run: (script, keys, args) => settle(send(script, keys, args)),
    get: async (key) => (await settle(connection.get(key))) ?? undefined,
    set: async (key, value, ttlMs) => {
      await settle(connection.set(key, value, 'PX', Math.max(1, Math.ceil(ttlMs))));
    },
    delete: async (key) => {
      await settle(connection.unlink(key));
    },
    publish: async (channel, message) => {
      await settle(connection.publish(channel, message));
    },
    subscribe(channel, listener) {
      if (subscriber === undefined) {
        subscriber = connect();
        subscriber.on('error', () => {});
      }
      const own = subscriber;
      own.on('message', (from: string, message: string) => {
        if (from === channel) listener.onMessage(message);
      });
      // ioredis repeats known subscriptions on a new connection, but not one that it never got through.
      const ask = () => {
        own.subscribe(channel).then(
          () => listener.onSubscribed(),
          () => {},
        );
      };
      own.on('ready', ask);
      if (own.status === 'ready') ask();
    },
    async serverId() {
      if (connection instanceof ioredis.Cluster) return undefined;
      const info = await settle(connection.info('server'));
      return /^run_id:(\w+)/m.exec(info)?.[1];
    },
    clustered: connection instanceof ioredis.Cluster,
    get connected() {
      return connection.status === 'ready';
    },
    onConnect(listener) {
      connection.on('ready', listener);
      if (connection.status === 'ready') listener();
    },
    onDisconnect(listener) {
      connection.on('close', listener);
    },
    reconnect() {
      if (connection.status === 'ready') connection.disconnect(true);
    },
    async close() {
      timeout.stop();
      await Promise.all([end(connection), subscriber && end(subscriber)]);
    },
  };
}

/** Jitter keeps the instances of a deployment from coming back to a restarted server all at once. */
function reconnectDelay(attempt: number): number {
  const ceiling = Math.min(1_000, 50 * 2 ** Math.min(attempt, 10));
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}

function end(connection: Connection | Cluster): Promise<void> {
  if (connection.status === 'end') return Promise.resolve();
  return new Promise((resolve) => {
    connection.once('end', () => resolve());
    connection.disconnect();
  });
}

function isReply(error: unknown, code: string): boolean {
  return error instanceof Error && error.message.startsWith(code);
}

/** A reply that names a fault of ours (a wrong type, a script that does not compile) stays what it is. */
function toUnavailable(error: unknown): unknown {
  if (error instanceof RedisUnavailable || !(error instanceof Error)) return error;
  if (error.name === 'ReplyError' && !CANNOT_SERVE.test(error.message)) return error;
  return new RedisUnavailable(`Redis cannot be asked: ${error.message}`, { cause: error });
}
