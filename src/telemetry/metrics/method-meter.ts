import type { GrpcCode } from '../../errors.ts';
import { CodeCounts } from './code-counts.ts';
import { toLabels } from './family.ts';
import { LatencyHistogram } from './latency-histogram.ts';

/** How callers reach the gateway. */
export const TRANSPORTS = ['http', 'websocket', 'sse', 'caller'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** What one call was, when it ended. */
export interface MeteredCall {
  readonly transport: Transport;
  /** Undefined for a success. */
  readonly code: GrpcCode | undefined;
  /** The failure that the contract's declared answer stood in for; then it is a success. */
  readonly fallback: GrpcCode | undefined;
  /** Weir itself refused it or failed, not its backend. */
  readonly ownFailure: boolean;
  readonly durationMs: number;
  /** Protobuf bytes sent to the backend, all attempts counted once; 0 when it never got that far. */
  readonly requestBytes: number;
  /** Protobuf bytes that the backend answered. */
  readonly responseBytes: number;
  readonly traceId: string | undefined;
}

/**
 * The counters of one method, bound once: a call looks its meter up and adds numbers, and everything
 * about names and labels is left to the page.
 */
export class MethodMeter {
  readonly labels: string;
  readonly unary: boolean;
  readonly byTransport: Readonly<Record<Transport, CodeCounts>>;
  readonly refused = new CodeCounts();
  /** Undefined until there was one; few methods declare a fallback. */
  fallbacks: CodeCounts | undefined;
  readonly duration = new LatencyHistogram();
  inFlight = 0;
  requestBytes = 0;
  responseBytes = 0;
  messages = 0;

  constructor(path: string, unary: boolean) {
    this.labels = toLabels({ method: path });
    this.unary = unary;
    this.byTransport = {
      http: new CodeCounts(),
      websocket: new CodeCounts(),
      sse: new CodeCounts(),
      caller: new CodeCounts(),
    };
  }

  started(): void {
    this.inFlight += 1;
  }

  ended(call: MeteredCall): void {
    this.inFlight -= 1;
    this.byTransport[call.transport].count(call.code);
    if (call.ownFailure) this.refused.count(call.code);
    if (call.fallback !== undefined) {
      this.fallbacks ??= new CodeCounts();
      this.fallbacks.count(call.fallback);
    }
    if (this.unary) this.duration.observe(call.durationMs, call.traceId);
    this.requestBytes += call.requestBytes;
    this.responseBytes += call.responseBytes;
  }
}
