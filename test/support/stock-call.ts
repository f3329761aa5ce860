import { TRPCClientError } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import type { StockClient } from './stock-links.ts';

export type Failure = TRPCClientError<AnyTRPCRouter>;

/** One call through a stock client, unary or not, in the same terms. */
export interface StockCall {
  /** The answer, or the first message of a subscription. Rejects as the call fails. */
  readonly first: Promise<unknown>;
  /** What a subscription brought so far; the answer of a unary call. */
  readonly messages: readonly unknown[];
  /** How it ended: by `complete` only when the backend ended the stream itself. */
  readonly ending: Promise<'complete' | 'failure'>;
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
  const ending = Promise.withResolvers<'complete' | 'failure'>();
  const messages: unknown[] = [];
  const receive = (message: unknown) => {
    messages.push(message);
    first.resolve(message);
  };
  // Whoever waits for one of the two need not wait for the other.
  first.promise.catch(() => {});
  const fail = (error: unknown) => {
    first.reject(error);
    ending.resolve('failure');
    if (error instanceof TRPCClientError) failure.resolve(error);
  };
  const outcome = {
    first: first.promise,
    messages,
    ending: ending.promise,
    failure: failure.promise,
  };
  if (type !== 'subscription') {
    const abort = new AbortController();
    client[type](path, input, { signal: abort.signal }).then((answer) => {
      receive(answer);
      ending.resolve('complete');
    }, fail);
    return { ...outcome, cancel: () => abort.abort() };
  }
  const subscription = client.subscription(path, input, {
    onData: receive,
    onError: fail,
    onComplete: () => ending.resolve('complete'),
    onConnectionStateChange: ({ error }) => {
      if (error) fail(error);
    },
  });
  return { ...outcome, cancel: () => subscription.unsubscribe() };
}

/** A subscription through a client of its own, which ends with it. */
export function subscribeAlone(stock: StockClient, path: string, input: unknown) {
  const call = startCall(stock, 'subscription', path, input);
  return {
    ...call,
    async [Symbol.asyncDispose]() {
      call.cancel();
      stock.hangUp();
      await stock.close();
    },
  };
}
