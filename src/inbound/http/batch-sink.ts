import { BatchHeaders } from './batch-headers.ts';
import type { CallOutcome } from './call-outcome.ts';
import type { Exchange } from './exchange.ts';

/** Takes the outcomes of a batch in the order they come. */
export interface BatchSink {
  settle(index: number, outcome: CallOutcome): void;
}

/** One JSON array in the order of the calls, sent when the last is in. */
export class JsonArray implements BatchSink {
  readonly #exchange: Exchange;
  readonly #parts: string[];
  readonly #headers = new BatchHeaders();
  #status: number | undefined;
  #missing: number;

  constructor(exchange: Exchange, length: number) {
    this.#exchange = exchange;
    this.#parts = new Array<string>(length).fill('');
    this.#missing = length;
  }

  settle(index: number, { status, json, headers }: CallOutcome): void {
    this.#parts[index] = json;
    this.#headers.add(headers);
    // RFC 4918 11.1: Multi-Status, when the parts disagree.
    const both = this.#status === undefined || this.#status === status ? status : 207;
    this.#status = both;
    this.#missing -= 1;
    if (this.#missing === 0) {
      this.#exchange.sendJson(both, `[${this.#parts.join(',')}]`, this.#headers.toList());
    }
  }
}
