import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ProcedureTable, UnaryProcedure } from '../../procedures/procedure.ts';
import {
  type ConnectionParams,
  overlayHeaders,
  parseConnectionParams,
} from '../connection-params.ts';
import { type FrontOptions, tcpPeerOf } from '../front-options.ts';
import { Refusal } from '../refusal.ts';
import { chooseRequestId } from '../request-id.ts';
import { RunningCalls } from '../running-calls.ts';
import { createSseFront } from '../sse/sse-front.ts';
import { DEFAULT_SSE_SETTINGS, type SseSettings } from '../sse/sse-settings.ts';
import { UnfinishedBodies } from '../unfinished-bodies.ts';
import { admit, allowedMethods } from './admission.ts';
import { answerBatch } from './batch.ts';
import { contextOf, invoke, toFailure } from './call-outcome.ts';
import { Exchange } from './exchange.ts';
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from './http-limits.ts';
import { readInput } from './input.ts';
import { type KnownRequest, KnownRequests } from './known-requests.ts';
import { parseRequestTarget, type RequestTarget } from './request-target.ts';

export interface TrpcHttpFrontOptions extends FrontOptions {
  readonly limits?: Partial<HttpLimits> | undefined;
  readonly sse?: Partial<SseSettings> | undefined;
}

/** tRPC over HTTP: single calls, batches, JSONL, and subscriptions over SSE. */
export interface TrpcHttpFront {
  /** @param target what follows the front's prefix in the request target, query included: `a.b?input=…`. */
  handle(request: IncomingMessage, response: ServerResponse, target: string): void;
  readonly runningCalls: number;
  readonly subscriptions: number;
  /** Bytes that wait for readers of subscriptions. */
  readonly bufferedBytes: number;
  /**
   * Ends subscriptions so that their clients come back elsewhere, closes each connection with its next
   * answer, and resolves when no call is running. Requests that still arrive are served.
   */
  drain(): Promise<void>;
}

export function createTrpcHttpFront(options: TrpcHttpFrontOptions): TrpcHttpFront {
  const limits: HttpLimits = { ...DEFAULT_HTTP_LIMITS, ...options.limits };
  const calls = new RunningCalls(limits.maxRunningCalls);
  const sse = createSseFront({ ...DEFAULT_SSE_SETTINGS, ...options.sse });
  const known = new KnownRequests();
  const { unfinished = new UnfinishedBodies() } = options;
  const bodyBounds = { maxBytes: limits.maxBodyBytes, unfinished };
  const peerOf = options.peerOf ?? tcpPeerOf;
  let draining = false;

  function handle(request: IncomingMessage, response: ServerResponse, target: string): void {
    if (request.method === 'HEAD') {
      response.writeHead(204).end();
      return;
    }
    const peer = peerOf(request);
    const requestId = chooseRequestId(request, peer, options.newRequestId);
    const exchange = new Exchange(request, response, requestId, peer, draining, {
      log: options.log,
      limits,
      onRefused: options.onRefused,
      onDropped: options.onDropped,
    });
    try {
      route(exchange, target);
    } catch (thrown) {
      exchange.refused(thrown, undefined);
      const failure = toFailure(thrown, { procedureType: 'unknown', path: undefined, requestId });
      exchange.sendJson(failure.status, failure.json, failure.headers);
    }
  }

  function route(exchange: Exchange, target: string): void {
    if (target.length > limits.maxUrlBytes) {
      throw new Refusal(
        'PAYLOAD_TOO_LARGE',
        `The URL is longer than the ${limits.maxUrlBytes} bytes allowed. Send the input in a POST (the links' methodOverride option).`,
      );
    }
    const again = exchange.request.method === 'GET' ? known.get(target) : undefined;
    const parsed = again ?? parseRequestTarget(target);
    requireJson(exchange.request);
    const table = options.procedures();
    if (parsed.batch) {
      answerBatch(exchange, parsed, {
        table,
        calls,
        limits,
        bodyBounds,
        jsonLines: wantsJsonLines(exchange.request),
        onBatch: options.onBatch,
        tracer: options.tracer,
      });
    } else {
      const params = parseConnectionParams(parsed.connectionParams);
      if (wantsJsonLines(exchange.request)) {
        throw new Refusal(
          'BAD_REQUEST',
          'Streaming requests must be batched (you can do a batch of 1)',
        );
      }
      answerOne(exchange, parsed, table, params, again ?? target);
    }
  }

  function answerOne(
    exchange: Exchange,
    target: RequestTarget,
    table: ProcedureTable,
    params: ConnectionParams | undefined,
    given: KnownRequest | string,
  ): void {
    const { path } = target;
    const procedure = table.get(path);
    const refusal = admit(procedure, path, exchange.request.method);
    if (refusal !== undefined && procedure !== undefined)
      exchange.allow = allowedMethods(procedure);
    if (refusal !== undefined) {
      refuse(refusal);
      return;
    }
    if (typeof given === 'object') start(given.parsedInput);
    else readInput(exchange.request, target.input, bodyBounds, remember, refuse);

    function remember(input: unknown): void {
      const isWorth = procedure?.type === 'query' && procedure.cached === true;
      const first = isWorth && typeof given === 'string' && exchange.request.method === 'GET';
      if (first) known.add(given, target, input);
      start(input);
    }

    function start(input: unknown): void {
      if (procedure?.type === 'subscription') {
        const { headers } = exchange.request;
        const lastEventId = firstOf(headers['last-event-id']) ?? target.lastEventId;
        sse.open(exchange, procedure, input, overlayHeaders(headers, params), lastEventId);
      } else if (procedure !== undefined) {
        startUnary(procedure, input);
      }
    }

    function startUnary(unary: UnaryProcedure, input: unknown): void {
      try {
        calls.admit(1);
      } catch (thrown) {
        refuse(thrown);
        return;
      }
      const call = exchange.call(unary, 'http', input, exchange.request.headers, undefined);
      invoke(exchange, unary, call, ({ status, json, headers }) => {
        calls.release(1);
        exchange.sendJson(status, json, headers);
      });
    }

    function refuse(thrown: unknown): void {
      exchange.refused(thrown, path);
      if (procedure?.type === 'subscription') {
        sse.refuse(exchange, procedure, thrown);
        return;
      }
      const failure = toFailure(thrown, contextOf(procedure, path, exchange.requestId));
      exchange.sendJson(failure.status, failure.json, failure.headers);
    }
  }

  return {
    handle,
    get runningCalls() {
      return calls.count;
    },
    get subscriptions() {
      return sse.subscriptions;
    },
    get bufferedBytes() {
      return sse.bufferedBytes;
    },
    async drain() {
      draining = true;
      await Promise.all([calls.idle(), sse.drain()]);
    },
  };
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** Media types are case-insensitive (RFC 9110 8.3.1). A GET may come without one, so that a browser can open it. */
function requireJson({ headers, method }: IncomingMessage): void {
  const given = headers['content-type'];
  if (given === 'application/json') return;
  const type = given?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/json') return;
  if (method === 'GET' && type !== 'multipart/form-data' && type !== 'application/octet-stream')
    return;
  throw new Refusal(
    'UNSUPPORTED_MEDIA_TYPE',
    given === undefined ? 'Missing content-type header' : `Unsupported content-type "${given}`,
  );
}

function wantsJsonLines({ headers }: IncomingMessage): boolean {
  const asked = headers['trpc-accept'];
  if (asked !== undefined) return asked === 'application/jsonl';
  const { accept } = headers;
  return (
    accept?.includes('application/jsonl') === true &&
    accept.split(',').some((type) => type.trim() === 'application/jsonl')
  );
}
