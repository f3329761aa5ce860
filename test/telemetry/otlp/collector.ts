import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import {
  createFileRegistry,
  type DescMessage,
  fromBinary,
  fromJson,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { buildDescriptorSet } from '../../codegen/build-descriptor-set.ts';
import { type OtlpSpan, readSpans } from './span.ts';

export type Behaviour =
  | 'accept'
  /** Accepts what it does not look at, which costs next to nothing. */
  | 'swallow'
  | 'hang'
  | 'partial'
  /** 400, which is final. */
  | 'refuse'
  /** 429, to come back in a second. */
  | 'overloaded'
  /** 503, which says nothing. */
  | 'away'
  /** 503, to come back in an hour. */
  | 'closed for long'
  /** 503, to come back at once. */
  | 'impatient';

/** What each answers in place of taking spans. */
const REFUSALS = new Map<Behaviour, readonly [status: number, headers: Record<string, string>]>([
  ['refuse', [400, {}]],
  ['overloaded', [429, { 'retry-after': '1' }]],
  ['away', [503, {}]],
  ['closed for long', [503, { 'retry-after': '3600' }]],
  ['impatient', [503, { 'retry-after': '0' }]],
]);

/**
 * A receiver of OTLP over HTTP that decodes by the published messages and takes nothing on trust: what
 * breaks the specification is kept as a fault.
 */
export class OtlpCollector {
  readonly url: string;
  readonly spans: OtlpSpan[] = [];
  readonly faults: unknown[] = [];
  requests = 0;
  behaviour: Behaviour = 'accept';
  readonly #server: Server;
  readonly #waiters = new Set<() => void>();

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
    server.on('request', (request, response) => {
      this.#take(request, response).catch((fault: unknown) => {
        this.faults.push(fault);
        response.writeHead(400).end();
        this.#wake();
      });
    });
  }

  static async start(): Promise<OtlpCollector> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return new OtlpCollector(server, `http://127.0.0.1:${address.port}/v1/traces`);
  }

  /** The spans that match, once there are as many. */
  async waitFor(count: number, matches: (span: OtlpSpan) => boolean): Promise<OtlpSpan[]> {
    for (;;) {
      if (this.faults.length > 0) throw this.faults[0];
      const found = this.spans.filter(matches);
      if (found.length >= count) return found;
      await new Promise<void>((resolve) => this.#waiters.add(resolve));
    }
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    this.requests += 1;
    this.#wake();
    if (this.behaviour === 'hang') return;
    const refusal = REFUSALS.get(this.behaviour);
    if (refusal !== undefined) {
      response.writeHead(...refusal).end();
      return;
    }
    const { method, url, headers } = request;
    const line = `${method} ${url} ${headers['content-type']}`;
    if (line !== 'POST /v1/traces application/x-protobuf') throw new Error(line);
    if (this.behaviour !== 'swallow') this.spans.push(...readSpans(decode(Buffer.concat(chunks))));
    const rejected = { partialSuccess: { rejectedSpans: '1', errorMessage: 'one was too old' } };
    const answer = this.behaviour === 'partial' ? rejected : {};
    response
      .writeHead(200, { 'content-type': 'application/x-protobuf' })
      .end(toBinary(RESPONSE, fromJson(RESPONSE, answer)));
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiters) resolve();
    this.#waiters.clear();
  }
}

const registry = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, buildDescriptorSet(join(import.meta.dirname, 'proto'))),
);
const REQUEST = messageOf('opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest');
const RESPONSE = messageOf('opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse');

function messageOf(name: string): DescMessage {
  const message = registry.getMessage(name);
  if (message === undefined) throw new Error(`No ${name}`);
  return message;
}

/** @throws when there are fields that the messages do not have. */
function decode(bytes: Uint8Array): unknown {
  const message = fromBinary(REQUEST, bytes);
  const known = fromBinary(REQUEST, bytes, { readUnknownFields: false });
  if (toBinary(REQUEST, message).length !== toBinary(REQUEST, known).length) {
    throw new Error('The request has fields that are not in the published messages.');
  }
  return toJson(REQUEST, message);
}
