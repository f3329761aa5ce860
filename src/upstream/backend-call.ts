import type { Identity } from '../auth/identity.ts';
import type { Method } from '../contract/method.ts';
import type { Cancellation } from '../lib/cancellation.ts';
import type { CallNotes } from '../telemetry/call-notes.ts';
import type { Metadata } from './transport/transport.ts';

/** What the caller's half of Weir hands to the backend's half: everything in the backend's own terms. */
export interface BackendCall {
  readonly method: Method;
  /** The encoded request. */
  readonly message: Uint8Array;
  readonly metadata: Metadata;
  /** A moment on the `performance.now()` clock in milliseconds. */
  readonly deadline: number | undefined;
  /** True where the deadline is shorter than contract and configuration give, because the caller asked for that. */
  readonly hurried?: boolean | undefined;
  readonly cancellation: Cancellation;
  /** Told where the call went; undefined where nobody asks. */
  readonly notes?: CallNotes | undefined;
  /** Who calls; balancing may take its key from there. */
  readonly identity?: Identity | undefined;
  /** As the caller sent them; balancing may take its key from there. */
  readonly input: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}
