import type { WeirError } from '../../errors.ts';

/**
 * gRFC A6 `grpc-retry-pushback-ms`: the backend says when to come back. Negative or unreadable means
 * never; undefined means it said nothing.
 */
export function pushbackMs(error: WeirError): number | 'never' | undefined {
  const entry = error.metadata.find(([name]) => name === 'grpc-retry-pushback-ms');
  if (entry === undefined) return undefined;
  return /^\d{1,10}$/.test(entry[1]) ? Number(entry[1]) : 'never';
}
