import { isAnonymous } from '../../auth/identity.ts';
import type { BackendCall } from '../backend-call.ts';

/** Where the key of a call is found: a request header, a field of the request by its JSON name, or who calls. */
export type CallKeySource =
  | { readonly header: string }
  | { readonly field: string }
  | { readonly identity: true };

/** Undefined when the call has no such header, no such field with text, number or boolean, or no token. */
export function callKey(source: CallKeySource, call: BackendCall): string | undefined {
  if ('header' in source) {
    const value = call.headers[source.header];
    return Array.isArray(value) ? value[0] : value;
  }
  const { identity, input } = call;
  if ('identity' in source) {
    if (identity === undefined || isAnonymous(identity)) return undefined;
    return `${identity.issuer} ${identity.subject}`;
  }
  if (typeof input !== 'object' || input === null) return undefined;
  const value: unknown = Object.hasOwn(input, source.field)
    ? Reflect.get(input, source.field)
    : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
