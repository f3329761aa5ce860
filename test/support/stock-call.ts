import { TRPCClientError } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import type { StockClient } from './stock-links.ts';

export type Failure = TRPCClientError<AnyTRPCRouter>;

/** One call through a stock client, unary or not, in the same terms. */
export interface StockCall {
  /** The answer, or the first message of a subscription. Rejects as the call fails. */
  readonly first: Promise<unknown>;
  /** Resolves when the call failed. A stock SSE client hides some failures behind a reconnect; here they count. */
  readonly failure: Promise<Failure>;
  /** Aborts the call, or unsubscribes. */
  cancel(): void;
}

export function startCall(
  { client }: StockClient,
  type: 'query' | 'mutation' | 'subscription',
  path: string,
  input: unknown,
): StockCall {
  const first = Promise.withResolvers<unknown>();
  const failure = Promise.withResolvers<Failure>();
  // Whoever waits for one of the two need not wait for the other.
  first.promise.catch(() => {});
  const fail = (error: unknown) => {
    first.reject(error);
    if (error instanceof TRPCClientError) failure.resolve(error);
  };
  if (type !== 'subscription') {
    const abort = new AbortController();
    client[type](path, input, { signal: abort.signal }).then(first.resolve, fail);
    return { first: first.promise, failure: failure.promise, cancel: () => abort.abort() };
  }
  const subscription = client.subscription(path, input, {
    onData: first.resolve,
    onError: fail,
    onConnectionStateChange: ({ error }) => {
      if (error) fail(error);
    },
  });
  return {
    first: first.promise,
    failure: failure.promise,
    cancel: () => subscription.unsubscribe(),
  };
}
