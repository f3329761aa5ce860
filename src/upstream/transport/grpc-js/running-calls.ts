import { WeirError } from '../../../errors.ts';

/** The calls of one transport: closing waits for them, and ends those that stay. */
export class RunningCalls {
  readonly #ends = new Set<(reason: WeirError) => void>();
  #closing: PromiseWithResolvers<void> | undefined;

  /**
   * @param end told why, when the transport is closed and the call still runs
   * @returns what says that the call has ended
   * @throws WeirError UNAVAILABLE once the transport is closed
   */
  begin(end: (reason: WeirError) => void): () => void {
    if (this.#closing !== undefined) throw closed(true);
    this.#ends.add(end);
    return () => {
      this.#ends.delete(end);
      if (this.#ends.size === 0) this.#closing?.resolve();
    };
  }

  /** See `Transport.close`. */
  async close(graceMs: number): Promise<void> {
    this.#closing ??= Promise.withResolvers();
    if (this.#ends.size === 0) return;
    const overdue = setTimeout(this.#closing.resolve, graceMs);
    await this.#closing.promise;
    clearTimeout(overdue);
    for (const end of this.#ends) end(closed(false));
    this.#ends.clear();
  }
}

function closed(neverSent: boolean): WeirError {
  return new WeirError('UNAVAILABLE', 'The transport to this backend was closed.', { neverSent });
}
