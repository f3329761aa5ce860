import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRequestEncoder, type Origin, readRejectedSpans } from './export-request.ts';
import type { SpanBatch } from './span-queue.ts';

export interface OtlpExporterOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For one export with its tries. */
  readonly timeoutMs: number;
  readonly origin: Origin;
}

/** OTLP/HTTP, "Retryable Response Codes"; anything else would be refused again. */
const RETRYABLE = new Set([429, 502, 503, 504]);

/** Between tries at least, where the collector does not ask for longer: doubled each time, give or take a fifth. */
const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 5_000;

/** An answer says at most what was rejected. */
const MAX_ANSWER_BYTES = 65_536;

/** How an export ended, tries included. */
export type ExportResult = 'accepted' | 'partial' | 'refused' | 'overdue' | 'unreachable';

export interface ExportOutcome {
  readonly result: ExportResult;
  /** Spans of the batch that the collector did not take. */
  readonly rejected: number;
  /** Why, in words for an operator; undefined where it took all. */
  readonly reason: string | undefined;
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: Uint8Array;
}

/**
 * Sends spans by OTLP over HTTP. https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export class OtlpExporter {
  readonly #options: OtlpExporterOptions;
  readonly #encode: ReturnType<typeof createRequestEncoder>;
  readonly #agent: http.Agent;
  #closed = false;

  constructor(options: OtlpExporterOptions) {
    this.#options = options;
    this.#encode = createRequestEncoder(options.origin);
    const { Agent } = options.url.startsWith('https:') ? https : http;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1 });
  }

  /** Resolves in every case. */
  async send(batch: SpanBatch): Promise<ExportOutcome> {
    const body = this.#encode(batch);
    const deadline = performance.now() + this.#options.timeoutMs;
    const signal = AbortSignal.timeout(this.#options.timeoutMs);
    for (let backoffMs = FIRST_BACKOFF_MS; ; backoffMs = Math.min(backoffMs * 2, MAX_BACKOFF_MS)) {
      // A collector that cannot be reached may be restarting.
      const answer = await this.#post(body, signal).catch(toError);
      if (!(answer instanceof Error) && answer.status >= 200 && answer.status < 300) {
        return toTaken(Math.min(rejectedIn(answer), batch.spans), batch.spans);
      }
      const failure = toFailure(answer, batch.spans, this.#options.timeoutMs);
      if (!(answer instanceof Error) && !RETRYABLE.has(answer.status)) return failure;
      const retryAfter = answer instanceof Error ? undefined : answer.retryAfter;
      // One that says "now" each time would be asked as fast as it answers.
      const leastMs = backoffMs * (0.8 + Math.random() * 0.4);
      const waitMs = Math.max(leastMs, toDelayMs(retryAfter) ?? 0);
      if (performance.now() + waitMs >= deadline) return failure;
      await sleep(waitMs, undefined, { ref: false });
      if (this.#closed) return failure;
    }
  }

  close(): void {
    this.#closed = true;
    // The socket of an export that is under way goes with it.
    this.#agent.destroy();
  }

  /** Asynchronous for `request` too, which throws at once for headers that cannot be sent. */
  async #post(body: Uint8Array, signal: AbortSignal): Promise<Answer> {
    const { url, headers } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const { request } = url.startsWith('https:') ? https : http;
    const sent = request(url, {
      method: 'POST',
      agent: this.#agent,
      signal,
      headers: {
        ...headers,
        'content-type': 'application/x-protobuf',
        'content-length': body.length,
      },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > MAX_ANSWER_BYTES) sent.destroy(new Error('The answer is too long.'));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          retryAfter: response.headers['retry-after'],
          body: Buffer.concat(chunks),
        }),
      );
    });
    sent.end(body);
    return promise;
  }
}

function toTaken(rejected: number, spans: number): ExportOutcome {
  if (rejected === 0) return { result: 'accepted', rejected, reason: undefined };
  return { result: 'partial', rejected, reason: `it rejected ${rejected} of ${spans} spans` };
}

function toFailure(answer: Answer | Error, rejected: number, timeoutMs: number): ExportOutcome {
  if (!(answer instanceof Error)) {
    return { result: 'refused', rejected, reason: `it answered ${answer.status}` };
  }
  // What AbortSignal.timeout aborts with arrives as the cause.
  if (answer.name === 'AbortError' || answer.name === 'TimeoutError') {
    return { result: 'overdue', rejected, reason: `it did not answer within ${timeoutMs} ms` };
  }
  // A name with several addresses fails with all of their failures, and has no message of its own.
  const [first] = answer instanceof AggregateError ? answer.errors : [answer];
  return { result: 'unreachable', rejected, reason: toError(first).message };
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** An answer that cannot be read says nothing against the spans. */
function rejectedIn({ body }: Answer): number {
  try {
    return readRejectedSpans(body);
  } catch {
    return 0;
  }
}

/** RFC 9110 10.2.3: seconds, or a date. */
function toDelayMs(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const ms = /^\d+$/.test(retryAfter)
    ? Number(retryAfter) * 1_000
    : Date.parse(retryAfter) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
