import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Identity } from '../auth/identity.ts';

/** One request of an operator who may make it. */
export interface AdminRequest {
  readonly request: IncomingMessage;
  readonly query: URLSearchParams;
  readonly identity: Identity;
  /** To be waited for before something is done that is more than looking; see `AuditTrail.intend`. */
  readonly intend: (detail: string) => Promise<void>;
  /** Aborted when the caller left before the answer was there. */
  readonly signal: AbortSignal;
}

/** A JSON body, or a file to be saved. */
export type AdminAnswer =
  | { readonly body: object }
  | {
      readonly fileName: string;
      readonly contentType: string;
      readonly content: string | Readable;
    };

/** A question about one worker, which the others can pass on: it needs nothing of the request but this. */
export interface WorkerRoute extends Pick<AdminRoute, 'method' | 'path'> {
  /** Whether it does more than look. */
  readonly acts?: boolean;
  answer(asked: WorkerRequest): AdminAnswer | Promise<AdminAnswer>;
}

export type WorkerRequest = Pick<AdminRequest, 'query' | 'intend' | 'signal'>;

/** What operators may ask or do. A `WeirError` that it throws is the answer. */
export interface AdminRoute {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Below `/admin/`, such as `services`. */
  readonly path: string;
  answer(request: AdminRequest): AdminAnswer | Promise<AdminAnswer>;
}
