import type { GrpcCode } from '../errors.ts';

/** The answer to a unary call. */
export interface Reply {
  /** ProtoJSON text of the output message. */
  readonly json: string;
  /** Response headers for the caller, already filtered by the allow-list; lower-case names. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** How old the answer is, in milliseconds, where it is given past its time; undefined otherwise. */
  readonly staleMs?: number | undefined;
  /** Why the contract's declared answer is given instead of the backend's; undefined otherwise. */
  readonly fallback?: GrpcCode | undefined;
}

/** One message of a subscription. */
export interface StreamItem {
  /** ProtoJSON text of the message. */
  readonly json: string;
  /** The resume id of a tracked stream, as `tracked(id, data)` would carry it; undefined when not tracked. */
  readonly id?: string | undefined;
}
