import type { BackendCall } from '../backend-call.ts';

/** Where the key of a call is found: a request header, or a field of the request by its JSON name. */
export type CallKeySource = { readonly header: string } | { readonly field: string };

/** Undefined when the call has no such header, or no such field with text, number or boolean. */
export function callKey(source: CallKeySource, call: BackendCall): string | undefined {
  if ('header' in source) {
    const value = call.headers[source.header];
    return Array.isArray(value) ? value[0] : value;
  }
  const { input } = call;
  if (typeof input !== 'object' || input === null) return undefined;
  const value: unknown = Object.hasOwn(input, source.field)
    ? Reflect.get(input, source.field)
    : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
