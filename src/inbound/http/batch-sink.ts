import { Refusal } from '../refusal.ts';
import { BatchHeaders } from './batch-headers.ts';
import { type CallOutcome, toFailure } from './call-outcome.ts';
import type { Exchange } from './exchange.ts';

/** Takes the outcomes of a batch in the order they come. */
export interface BatchSink {
  settle(index: number, outcome: CallOutcome): void;
}

/**
 * What the answers of a batch may come to together, in characters; half of the longest string of V8, so that
 * neither this nor what is put around it throws where nobody could answer any more.
 */
export const LONGEST_BATCH = 2 ** 28;

/** One JSON array in the order of the calls, sent when the last is in. */
export class JsonArray implements BatchSink {
  readonly #exchange: Pick<Exchange, 'requestId' | 'sendJson'>;
  readonly #parts: string[];
  readonly #headers = new BatchHeaders();
  #status: number | undefined;
  #missing: number;
  #length = 0;

  constructor(exchange: Pick<Exchange, 'requestId' | 'sendJson'>, length: number) {
    this.#exchange = exchange;
    this.#parts = new Array<string>(length).fill('');
    this.#missing = length;
  }

  settle(index: number, { status, json, headers }: CallOutcome): void {
    this.#length += json.length;
    this.#parts[index] = this.#length <= LONGEST_BATCH ? json : '';
    this.#headers.add(headers);
    // RFC 4918 11.1: Multi-Status, when the parts disagree.
    const both = this.#status === undefined || this.#status === status ? status : 207;
    this.#status = both;
    this.#missing -= 1;
    if (this.#missing > 0) return;
    if (this.#length <= LONGEST_BATCH) {
      this.#exchange.sendJson(both, `[${this.#parts.join(',')}]`, this.#headers.toList());
    } else {
      this.#refuse();
    }
  }

  #refuse(): void {
    const refusal = new Refusal(
      'PAYLOAD_TOO_LARGE',
      `The answers of this batch are longer than ${LONGEST_BATCH} characters together. Ask for less in one batch, or with httpBatchStreamLink.`,
    );
    const { requestId } = this.#exchange;
    const context = { procedureType: 'unknown', path: undefined, requestId } as const;
    const { status, json } = toFailure(refusal, context);
    const each = new Array<string>(this.#parts.length).fill(json);
    this.#exchange.sendJson(status, `[${each.join(',')}]`, []);
  }
}
