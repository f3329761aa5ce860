import { EventEmitter, once } from 'node:events';
import { StatusError } from '../server/status-error.ts';
import type { Side } from './order.ts';

export interface Execution {
  readonly sequence: bigint;
  readonly orderId: bigint;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: number;
  readonly price: number;
  readonly executedAtMs: number;
  /** True for the execution that completed its order. */
  readonly complete: boolean;
}

/** Executions in order, the newest of them kept for those who come back. */
export class ExecutionLog {
  readonly #keep: number;
  readonly #added = new EventEmitter<{ added: [] }>().setMaxListeners(0);
  #kept: Execution[] = [];
  #first: bigint;
  #dropped = false;

  /**
   * @param first The first execution's sequence; a restarted book must begin above the old one's.
   * @param keep How many executions stay available.
   */
  constructor(first: bigint, keep = 100_000) {
    this.#first = first;
    this.#keep = keep;
  }

  append(execution: Omit<Execution, 'sequence'>): Execution {
    const added = { ...execution, sequence: this.#first + BigInt(this.#kept.length) };
    this.#kept.push(added);
    if (this.#kept.length > 2 * this.#keep) {
      const surplus = this.#kept.length - this.#keep;
      this.#kept = this.#kept.slice(surplus);
      this.#first += BigInt(surplus);
      this.#dropped = true;
    }
    this.#added.emit('added');
    return added;
  }

  /**
   * Executions after `after`, then every new one until the signal ends it. 0: only new ones.
   * @throws StatusError OUT_OF_RANGE when executions after `after` are kept no longer.
   */
  async *watch(after: bigint, signal: AbortSignal): AsyncGenerator<Execution> {
    const newest = this.#first + BigInt(this.#kept.length);
    let next = after === 0n || after >= newest ? newest : after + 1n;
    while (true) {
      if (next < this.#first) {
        if (this.#dropped) throw this.#tooOld(next);
        next = this.#first;
      }
      const execution = this.#kept[Number(next - this.#first)];
      if (execution === undefined) {
        await this.#nextAddition(signal);
      } else {
        next += 1n;
        yield execution;
      }
    }
  }

  async #nextAddition(signal: AbortSignal): Promise<void> {
    try {
      await once(this.#added, 'added', { signal });
    } catch {
      signal.throwIfAborted();
    }
  }

  #tooOld(next: bigint): StatusError {
    return new StatusError(
      'OUT_OF_RANGE',
      `Executions from ${next} on are asked for, but only those from ${this.#first} on are kept`,
    );
  }
}
