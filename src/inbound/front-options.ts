import type { IncomingMessage } from 'node:http';
import type { Peer } from '../pipeline/call.ts';
import type { ProcedureTable } from '../procedures/procedure.ts';
import type { CallTracer } from '../telemetry/traces/call-tracer.ts';
import type { OnRefusedRequest } from './report-refusal.ts';
import type { UnfinishedBodies } from './unfinished-bodies.ts';

/** What every tRPC front needs from the gateway. */
export interface FrontOptions {
  /** The procedures of the current contract snapshot. Read once per request, so a reload is seen at once. */
  readonly procedures: () => ProcedureTable;
  readonly newRequestId: () => string;
  /** Who is calling. Default: the address of the TCP peer; replace it behind a trusted proxy. */
  readonly peerOf?: ((request: IncomingMessage) => Peer) | undefined;
  /** Told of each batched HTTP request, how many calls it has. */
  readonly onBatch?: ((calls: number) => void) | undefined;
  /** Told of each request that is refused before it becomes a call. */
  readonly onRefused?: OnRefusedRequest | undefined;
  /** Told of each WebSocket upgrade, how it was answered; 101 for those that were taken. */
  readonly onUpgrade?: ((status: number) => void) | undefined;
  /** Told of each connection closed because its client took nothing of what was ready, or answered no ping. */
  readonly onDropped?: OnDropped | undefined;
  /** Makes the span of a batched HTTP request; undefined where there are no traces. */
  readonly tracer?: Pick<CallTracer, 'beginRequest'> | undefined;
  readonly log?: FrontLog | undefined;
  /** Shared by everything that takes bodies or messages. Default: one for this front, as large as it is by default. */
  readonly unfinished?: UnfinishedBodies | undefined;
}

/** @param transport SSE goes over `http` */
export type OnDropped = (transport: 'http' | 'websocket') => void;

export type FrontLog = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

export function tcpPeerOf(request: IncomingMessage): Peer {
  return { address: request.socket.remoteAddress ?? '' };
}
