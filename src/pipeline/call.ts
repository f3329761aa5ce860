import type { CallerSession } from '../auth/caller-session.ts';
import type { ClientCertificate } from '../auth/credentials/client-certificate.ts';
import type { Method } from '../contract/method.ts';
import type { Cancellation } from '../lib/cancellation.ts';
import type { CallNotes } from '../telemetry/call-notes.ts';
import type { TraceParent } from '../telemetry/traces/trace-context.ts';

/** How the caller reached Weir. */
export type Wire = 'http' | 'websocket' | 'sse' | 'caller';

export interface Peer {
  /** The caller's address as text, without a port. */
  readonly address: string;
  /** One of our own proxies brought it, so what it says of itself counts. */
  readonly trusted?: boolean;
  /** The client's certificate, where TLS ends at Weir and has verified its chain. */
  readonly certificate?: ClientCertificate | undefined;
}

/** One call of one procedure, as the wire handed it over. Each call of a batch is a `Call` of its own. */
export interface Call {
  /** The request id: in every log line, in every error, and sent to the backend as `x-request-id`. */
  readonly id: string;
  readonly method: Method;
  readonly wire: Wire;
  /** The input as parsed JSON, not looked at yet. */
  readonly input: unknown;
  /** Header names in lower case; on a WebSocket the upgrade request's, overlaid by connectionParams. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly peer: Peer;
  /** On a WebSocket: what all its calls have in common. */
  readonly session?: CallerSession | undefined;
  readonly cancellation: Cancellation;
  /** A moment on the `performance.now()` clock in milliseconds; undefined until the deadline step set it. */
  readonly deadline: number | undefined;
  /** True where the caller asked for less time than contract and configuration give. */
  readonly hurried?: boolean | undefined;
  /** Where a subscription resumes: the id of the last tracked item the caller saw; undefined otherwise. */
  readonly lastEventId: string | undefined;
  /** The trace of the request that carries this and other calls; undefined for a call on its own. */
  readonly request?: TraceParent | undefined;
  /** What the record will tell; undefined before the record step. */
  readonly notes?: CallNotes | undefined;
}
