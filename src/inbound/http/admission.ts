import type { Procedure } from '../../procedures/procedure.ts';
import { Refusal } from '../refusal.ts';

/** A GET must never change anything; a POST may carry any call, which is tRPC's method override. */
const ALLOWED = { query: 'GET, POST', mutation: 'POST', subscription: 'GET, POST' } as const;

/** The procedure at `path`, or why it cannot be called this way; in the stock server's order and words. */
export function admit(
  procedure: Procedure | undefined,
  path: string,
  method: string | undefined,
): Refusal | undefined {
  if (procedure === undefined) {
    return new Refusal('NOT_FOUND', `No procedure found on path "${path}"`);
  }
  if (method === 'POST' || (method === 'GET' && procedure.type !== 'mutation')) return undefined;
  return new Refusal(
    'METHOD_NOT_SUPPORTED',
    `Unsupported ${method}-request to ${procedure.type} procedure at path "${path}"`,
  );
}

export function allowedMethods(procedure: Procedure): string {
  return ALLOWED[procedure.type];
}
