import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Peer } from '../pipeline/call.ts';

/** What a caller may choose for an id: it ends in logs and headers, so no spaces, quotes or control characters. */
const ACCEPTABLE = /^[\w.:-]{1,128}$/;

/** Ids unique across processes without a random number per request: a random prefix and a counter. */
export function createRequestIds(prefix = randomBytes(6).toString('hex')): () => string {
  let count = 0;
  return function newRequestId() {
    count += 1;
    return `${prefix}-${count.toString(36)}`;
  };
}

/**
 * The `x-request-id` that a trusted proxy brought, where it is fit to be repeated, else a new one: with an id
 * of their own choosing, callers could hide among the log lines of others.
 */
export function chooseRequestId(
  { headers }: Pick<IncomingMessage, 'headers'>,
  { trusted }: Pick<Peer, 'trusted'>,
  newRequestId: () => string,
): string {
  const given = headers['x-request-id'];
  return trusted === true && typeof given === 'string' && ACCEPTABLE.test(given)
    ? given
    : newRequestId();
}
