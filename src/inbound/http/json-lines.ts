import type { ServerResponse } from 'node:http';
import { type Flushable, flushAfterTick } from '../tick-flush.ts';
import { type BatchSink, LONGEST_BATCH } from './batch-sink.ts';
import type { CallOutcome } from './call-outcome.ts';
import type { Exchange } from './exchange.ts';

/**
 * tRPC's JSON Lines: a head that promises one chunk per call, then each chunk as it comes. The stock
 * server splits a result over three chunks because its values may be promises; ours are ready, so one does.
 */
export class JsonLines implements BatchSink, Flushable {
  readonly #exchange: Pick<Exchange, 'end'>;
  readonly #response: ServerResponse;
  #missing: number;
  #pending: string;

  constructor(exchange: Pick<Exchange, 'response' | 'headersFor' | 'end'>, length: number) {
    this.#exchange = exchange;
    this.#response = exchange.response;
    this.#missing = length;
    const promises: string[] = [];
    for (let index = 0; index < length; index += 1) {
      promises.push(`"${index}":[[0],[null,0,${index}]]`);
    }
    this.#pending = `{${promises.join(',')}}\n`;
    this.#response.writeHead(200, exchange.headersFor('application/json', []));
    flushAfterTick(this);
  }

  settle(index: number, { json }: CallOutcome): void {
    // Many long answers may come at once, such as those of a cache.
    if (this.#pending.length + json.length > LONGEST_BATCH) this.flush();
    if (this.#pending === '') flushAfterTick(this);
    this.#pending += `[${index},0,[[${json}]]]\n`;
    this.#missing -= 1;
  }

  flush(): void {
    const text = this.#pending;
    this.#pending = '';
    // A flush that was asked for before the last one.
    if (text === '') return;
    if (this.#response.destroyed) return;
    if (this.#missing > 0) {
      this.#response.write(text);
      return;
    }
    this.#exchange.end(text);
  }
}
