import type { RedisOptions } from 'ioredis';
import { reconnectDelay } from './reconnect-delay.ts';
import { accessOf, parseMaster, type RedisServers } from './redis-servers.ts';

const SENTINEL_PORT = 26_379;
/** A sentinel that takes a connection and says nothing is passed over after this long. */
const SENTINEL_REPLY_MS = 500;

/** How ioredis is told to ask sentinels for the primary, each time that it connects. */
export function sentinelOptions(servers: Extract<RedisServers, { sentinels: unknown }>) {
  const urls = servers.sentinels.map((url) => new URL(url));
  const [first] = urls;
  const sentinel = first === undefined ? {} : accessOf(first);
  const master = parseMaster(servers.master);
  const { tls, ...access } = accessOf(master);
  const database = Number(master.pathname.slice(1));
  return {
    sentinels: urls.map(({ hostname, port }) => ({
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? SENTINEL_PORT : Number(port),
    })),
    name: decodeURIComponent(master.hostname),
    ...access,
    ...(database > 0 && { db: database }),
    ...(tls !== undefined && { tls, enableTLSForSentinelMode: true }),
    ...(sentinel.username !== undefined && { sentinelUsername: sentinel.username }),
    ...(sentinel.password !== undefined && { sentinelPassword: sentinel.password }),
    ...(sentinel.tls !== undefined && { sentinelTLS: sentinel.tls }),
    sentinelCommandTimeout: SENTINEL_REPLY_MS,
    natMap: requireAddress,
    // Those that one of them knows are not asked: it could make up any number, and none would be forgotten.
    updateSentinels: false,
    // While none of them answers, the search goes on: without this ioredis gives up for good.
    sentinelRetryStrategy: reconnectDelay,
  } satisfies RedisOptions;
}

/**
 * What a sentinel calls the primary's address, `host:port`, on its way to being connected to: an address
 * that cannot be one would make ioredis give up for good, an error here makes it ask the next sentinel.
 */
function requireAddress(named: string): { host: string; port: number } {
  const [, host = '', digits] = /^([\w.:%-]+):(\d{1,5})$/.exec(named) ?? [];
  const port = Number(digits);
  if (port > 0 && port < 65_536) return { host, port };
  throw new Error('a sentinel named no address');
}
