import type { WeirError } from '../errors.ts';

/** Weir itself says that the whole upstream is busy or failing, and when to come back: waiting here helps nobody. */
export function isHeldBack({ origin, neverSent, retryAfterMs }: WeirError): boolean {
  return origin === 'gateway' && neverSent && retryAfterMs !== undefined;
}
