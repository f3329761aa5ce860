import { closeConnection } from './close-connection.ts';
import { loadClient, openConnection, openSubscriber } from './open-connection.ts';
import { type Redis, type RedisScript, RedisUnavailable } from './redis.ts';
import type { RedisServers } from './redis-servers.ts';
import { ReplyTimeout } from './reply-timeout.ts';
import { Subscriptions } from './subscriptions.ts';

export type RedisTarget = RedisServers & {
  /** How long a reply may take, in milliseconds. */
  readonly timeoutMs: number;
};

/** Replies with which a server says that it is up but cannot serve (now, or not in this role). */
const CANNOT_SERVE =
  /^(?:LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|OOM|NOREPLICAS|MISCONF)\b/;

/** Connects in the background: the returned object is usable at once and says what it cannot do yet. */
export function connectRedis(target: RedisTarget): Redis {
  const { timeoutMs } = target;
  const ioredis = loadClient();
  const connection = openConnection(target);
  let problem: string | undefined;
  connection.on('error', (error: NodeJS.ErrnoException) => {
    // Where a name has several addresses, what was wrong with each has a code alone.
    problem = error.message === '' ? error.code : error.message;
  });
  connection.on('ready', () => {
    problem = undefined;
  });
  const subscriptions = new Subscriptions((attempt) => openSubscriber(target, connection, attempt));
  const timeout = new ReplyTimeout(
    timeoutMs,
    () => new RedisUnavailable(`Redis gave no answer within ${timeoutMs} ms`),
  );

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
    subscribe: (channel, listener) => subscriptions.add(channel, listener),
    async serverId() {
      if (connection instanceof ioredis.Cluster) return undefined;
      const info = await settle(connection.info('server'));
      return /^run_id:(\w+)/m.exec(info)?.[1];
    },
    clustered: connection instanceof ioredis.Cluster,
    get connected() {
      return connection.status === 'ready';
    },
    get problem() {
      return problem;
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
      await Promise.all([closeConnection(connection), subscriptions.close()]);
      timeout.close();
    },
  };
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
