import { WeirError } from '../errors.ts';
import type { FrontLog } from './front-options.ts';
import { Refusal } from './refusal.ts';

/**
 * Refusals and `WeirError`s are answers. Anything else that a handler throws is a fault of ours: the
 * caller is told no more than that, so the log has to say what it was.
 */
export function logFault(
  log: FrontLog | undefined,
  thrown: unknown,
  fields: { readonly path: string; readonly requestId: string },
): void {
  if (thrown instanceof WeirError || thrown instanceof Refusal) return;
  log?.('error', 'a handler failed', { ...fields, err: thrown });
}
