import { randomBytes } from 'node:crypto';

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

/** The caller's own `x-request-id` where it is fit to be repeated, else a new one. */
export function chooseRequestId(
  given: string | string[] | undefined,
  newRequestId: () => string,
): string {
  return typeof given === 'string' && ACCEPTABLE.test(given) ? given : newRequestId();
}
