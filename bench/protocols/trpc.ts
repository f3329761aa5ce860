import type { JsonValue } from '@bufbuild/protobuf';
import { trpcPath } from '../call.ts';
import type { HttpRequest } from '../http-request.ts';
import type { Protocol } from '../protocol.ts';

/** As `httpLink`, `httpBatchLink` and `httpSubscriptionLink` of `@trpc/client` ask. */
export function trpcAt(prefix: string): Protocol {
  return {
    unary(call) {
      const path = `${prefix}/${trpcPath(call)}`;
      return call.kind === 'mutation' ? post(path, call.input) : get(path, call.input);
    },
    batch(calls) {
      const path = `${prefix}/${calls.map(trpcPath).join(',')}`;
      return get(path, Object.fromEntries(calls.map(({ input }, i) => [i, input])), 'batch=1&');
    },
    subscribe(call) {
      const { path } = get(`${prefix}/${trpcPath(call)}`, call.input);
      return { method: 'GET', path, headers: { accept: 'text/event-stream' } };
    },
    socketPath: prefix || '/',
  };
}

function get(path: string, input: JsonValue, query = ''): HttpRequest {
  const text = encodeURIComponent(JSON.stringify(input));
  return { method: 'GET', path: `${path}?${query}input=${text}`, headers: {} };
}

function post(path: string, input: JsonValue): HttpRequest {
  const headers = { 'content-type': 'application/json' };
  return { method: 'POST', path, headers, body: Buffer.from(JSON.stringify(input)) };
}
