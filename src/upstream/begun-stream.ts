/** A stream whose first message has come, or which has ended without any. */
export interface BegunStream {
  readonly first: IteratorResult<Uint8Array, unknown>;
  /** What comes after `first`. */
  readonly rest: AsyncIterator<Uint8Array, unknown>;
}

/** The messages of a stream that is begun when the first of them is asked for. */
export function streamFrom(begin: () => Promise<BegunStream>): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      let rest: BegunStream['rest'] | undefined;
      async function beginAndRead(): Promise<BegunStream['first']> {
        const begun = await begin();
        rest = begun.rest;
        return begun.first;
      }
      return {
        // Without a promise of its own for each message.
        next: () => (rest === undefined ? beginAndRead() : rest.next()),
        async return() {
          await rest?.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
