import { createRequire } from 'node:module';
import type { Cluster, Redis as Connection, RedisOptions } from 'ioredis';
import { reconnectDelay } from './reconnect-delay.ts';
import { accessOf, type RedisServers } from './redis-servers.ts';
import { sentinelOptions } from './sentinel-options.ts';

const require = createRequire(import.meta.url);

/** Loaded by who opens a connection, since most gateways count and cache in memory and need none of it. */
export function loadClient(): typeof import('ioredis') {
  return require('ioredis');
}

/** A server that takes a connection and then says nothing is left after this long. */
const SILENT_MS = 2_000;

const COMMON = {
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

/** A connection for commands, made anew whenever it is lost. */
export function openConnection(servers: RedisServers): Connection | Cluster {
  const connection = connect(servers);
  // Each failing command says so to its caller; an 'error' event without a listener would end the process.
  connection.on('error', () => {});
  let handshake: NodeJS.Timeout | undefined;
  connection.on('connect', () => {
    clearTimeout(handshake);
    handshake = setTimeout(() => {
      if (connection.status === 'connect') connection.disconnect(true);
    }, SILENT_MS);
    handshake.unref();
  });
  for (const event of ['ready', 'close']) connection.on(event, () => clearTimeout(handshake));
  return connection;
}

function connect(servers: RedisServers): Connection | Cluster {
  const { Cluster, Redis } = loadClient();
  if ('sentinels' in servers) return new Redis({ ...COMMON, ...sentinelOptions(servers) });
  const [url = '', ...more] = servers.urls;
  if (more.length === 0) return new Redis(url, COMMON);
  return new Cluster([...servers.urls], {
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: reconnectDelay,
    redisOptions: { ...COMMON, ...accessOf(new URL(url)) },
    slotsRefreshTimeout: 1_000,
  });
}

/**
 * A connection to listen on, which lives once: ioredis would subscribe again by itself after a reconnect,
 * and its failing in that is a rejection that nobody can handle.
 *
 * @param attempt tries in a row; of a cluster, where any node hears what is published, each takes the next
 */
export function openSubscriber(
  servers: RedisServers,
  commands: Connection | Cluster,
  attempt: number,
): Connection {
  const client = loadClient();
  const once = {
    ...COMMON,
    autoResubscribe: false,
    retryStrategy: () => null,
    sentinelRetryStrategy: () => null,
    socketTimeout: SILENT_MS,
  };
  const connection = create();
  connection.on('error', () => {});
  return connection;

  function create(): Connection {
    if ('sentinels' in servers) return new client.Redis({ ...sentinelOptions(servers), ...once });
    if (commands instanceof client.Cluster) {
      const nodes = commands.nodes();
      const node = nodes[attempt % Math.max(1, nodes.length)];
      if (node !== undefined)
        return node.duplicate({ ...once, lazyConnect: false, readOnly: false });
    }
    return new client.Redis(servers.urls[attempt % servers.urls.length] ?? '', once);
  }
}
