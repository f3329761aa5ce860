import type { Cluster, Redis as Connection } from 'ioredis';

/** A socket that its peer does not close is destroyed after 100 ms; nothing takes much longer than that. */
const LIMIT_MS = 500;

/**
 * Resolves when `connection` is closed for good. One that is between two attempts never says so, because
 * there is nothing to close; one that is looking for its servers says so late. Neither is waited for.
 */
export function closeConnection(connection: Connection | Cluster): Promise<void> {
  const { status } = connection;
  const closed = Promise.withResolvers<void>();
  const limit = setTimeout(closed.resolve, LIMIT_MS);
  connection.once('end', closed.resolve);
  if (status !== 'end') connection.disconnect();
  if (status === 'end' || status === 'reconnecting') closed.resolve();
  return closed.promise.finally(() => clearTimeout(limit));
}
