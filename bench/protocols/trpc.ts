import type { JsonValue } from '@bufbuild/protobuf';
import { type BenchCall, trpcPath } from '../call.ts';
import type { HttpRequest } from '../http-request.ts';
import type { Protocol } from '../protocol.ts';

/** As `httpLink`, `httpBatchLink` and `httpSubscriptionLink` of `@trpc/client` ask. */
export const trpc: Protocol = {
  unary(call) {
    if (call.kind === 'mutation') return post(`/${trpcPath(call)}`, call.input);
    return get(`/${trpcPath(call)}`, call.input);
  },
  batch(calls) {
    const paths = calls.map(trpcPath).join(',');
    return get(
      `/${paths}`,
      Object.fromEntries(calls.map(({ input }, i) => [i, input])),
      'batch=1&',
    );
  },
  subscribe: (call: BenchCall) => {
    const { path } = get(`/${trpcPath(call)}`, call.input);
    return { method: 'GET', path, headers: { accept: 'text/event-stream' } };
  },
};

function get(path: string, input: JsonValue, query = ''): HttpRequest {
  const text = encodeURIComponent(JSON.stringify(input));
  return { method: 'GET', path: `${path}?${query}input=${text}`, headers: {} };
}

function post(path: string, input: JsonValue): HttpRequest {
  const headers = { 'content-type': 'application/json' };
  return { method: 'POST', path, headers, body: Buffer.from(JSON.stringify(input)) };
}
