import type { ProcedureType } from '../../contract/method.ts';

export type RequestId = string | number;

/** A message of the tRPC WebSocket protocol, or why it is none. */
export type ClientMessage =
  | CallMessage
  | { readonly kind: 'stop'; readonly id: RequestId }
  | { readonly kind: 'connectionParams'; readonly data: unknown }
  | { readonly kind: 'malformed'; readonly id: RequestId | null; readonly reason: string };

export interface CallMessage {
  readonly kind: 'call';
  readonly id: RequestId;
  /** True when the client spoke JSON-RPC 2.0, so that its answers do too. */
  readonly jsonrpc: boolean;
  readonly type: ProcedureType;
  readonly path: string;
  readonly input: unknown;
  readonly lastEventId: string | undefined;
  /** W3C Trace Context of this call; undefined where the client sent none. */
  readonly trace: MessageTrace | undefined;
}

/** Named as the headers are; absent where the message has none, for those of the socket belong to another trace. */
export interface MessageTrace {
  readonly traceparent: string;
  readonly tracestate: string | undefined;
  readonly baggage: string | undefined;
}

const ID_REQUIRED = '`id` is required';

/** Reads one element of a frame, already parsed as JSON. Never throws: callers may send anything. */
export function toClientMessage(value: unknown): ClientMessage {
  if (!isRecord(value)) return malformed(null, 'Not an object');
  const { id, jsonrpc, method, params } = value;
  if (method === 'connectionParams') return { kind: 'connectionParams', data: value.data };
  if (id !== null && !isRequestId(id)) return malformed(null, 'Invalid request id');
  if (jsonrpc !== undefined && jsonrpc !== '2.0') return malformed(id, 'Must be JSONRPC 2.0');
  if (method === 'subscription.stop') {
    return id === null ? malformed(null, ID_REQUIRED) : { kind: 'stop', id };
  }
  if (!isProcedureType(method)) return malformed(id, 'Invalid procedure type');
  if (!isRecord(params)) return malformed(id, 'Not an object');
  const { path, input, lastEventId } = params;
  if (typeof path !== 'string') return malformed(id, 'Invalid string');
  if (lastEventId !== undefined && typeof lastEventId !== 'string') {
    return malformed(id, 'Invalid string');
  }
  if (id === null) return malformed(null, ID_REQUIRED);
  return {
    kind: 'call',
    id,
    jsonrpc: jsonrpc !== undefined,
    type: method,
    path,
    input,
    lastEventId: lastEventId === '' ? undefined : lastEventId,
    trace: toMessageTrace(params),
  };
}

/** What is malformed is ignored, as the specification asks for headers. */
function toMessageTrace(params: Readonly<Record<string, unknown>>): MessageTrace | undefined {
  const { traceparent, tracestate, baggage } = params;
  if (typeof traceparent !== 'string') return undefined;
  return {
    traceparent,
    tracestate: typeof tracestate === 'string' ? tracestate : undefined,
    baggage: typeof baggage === 'string' ? baggage : undefined,
  };
}

function malformed(id: RequestId | null, reason: string): ClientMessage {
  return { kind: 'malformed', id, reason };
}

/** Each frame that answers repeats the id: with a long one, a small item would cost a large frame. */
const LONGEST_ID = 256;

function isRequestId(id: unknown): id is RequestId {
  return typeof id === 'number' || (typeof id === 'string' && id.length <= LONGEST_ID);
}

function isProcedureType(method: unknown): method is ProcedureType {
  return method === 'query' || method === 'mutation' || method === 'subscription';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
