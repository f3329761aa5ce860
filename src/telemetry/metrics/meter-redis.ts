import type { Redis } from '../../lib/redis/redis.ts';
import type { RedisMeter } from './redis-meter.ts';

/** The same Redis, each command of which is timed and its failure counted. */
export function meterRedis(redis: Redis, meter: RedisMeter): Redis {
  function timed<T>(ask: () => Promise<T>): Promise<T> {
    const started = performance.now();
    return ask().then(
      (reply) => {
        meter.duration.observe(performance.now() - started);
        return reply;
      },
      (error: unknown) => {
        meter.errors += 1;
        throw error;
      },
    );
  }

  return {
    run: (...command) => timed(() => redis.run(...command)),
    runAtOnce: (...command) => timed(() => redis.runAtOnce(...command)),
    get: (key) => timed(() => redis.get(key)),
    set: (...entry) => timed(() => redis.set(...entry)),
    delete: (key) => timed(() => redis.delete(key)),
    publish: (...message) => timed(() => redis.publish(...message)),
    subscribe: (...listener) => redis.subscribe(...listener),
    serverId: () => timed(() => redis.serverId()),
    clustered: redis.clustered,
    get connected() {
      return redis.connected;
    },
    get problem() {
      return redis.problem;
    },
    onConnect: (listener) => redis.onConnect(listener),
    onDisconnect: (listener) => redis.onDisconnect(listener),
    reconnect: () => redis.reconnect(),
    close: () => redis.close(),
  };
}
