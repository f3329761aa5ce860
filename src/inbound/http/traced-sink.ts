import type { RequestTrace } from '../../telemetry/traces/request-trace.ts';
import type { BatchSink } from './batch-sink.ts';
import type { CallOutcome } from './call-outcome.ts';
import type { Exchange } from './exchange.ts';

/** Ends the span of a request with the last of its calls. */
export class TracedSink implements BatchSink {
  readonly #sink: BatchSink;
  readonly #trace: RequestTrace;
  readonly #exchange: Exchange;
  readonly #calls: number;
  #missing: number;

  constructor(sink: BatchSink, trace: RequestTrace, exchange: Exchange, calls: number) {
    this.#sink = sink;
    this.#trace = trace;
    this.#exchange = exchange;
    this.#calls = calls;
    this.#missing = calls;
  }

  settle(index: number, outcome: CallOutcome): void {
    this.#sink.settle(index, outcome);
    this.#missing -= 1;
    if (this.#missing > 0) return;
    const { request, response, peer } = this.#exchange;
    const [path = ''] = (request.url ?? '').split('?', 1);
    this.#trace.end({
      method: request.method ?? 'POST',
      scheme: 'encrypted' in request.socket ? 'https' : 'http',
      path,
      clientAddress: peer.address,
      calls: this.#calls,
      status: response.statusCode,
    });
  }
}
