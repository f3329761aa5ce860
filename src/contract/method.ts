import type { DescMethod, Registry } from '@bufbuild/protobuf';
import type { MethodPolicy } from './policy.ts';

export type MethodKind = 'unary' | 'serverStreaming' | 'clientStreaming' | 'bidiStreaming';
export type ProcedureType = 'query' | 'mutation' | 'subscription';

/** One RPC of a published contract, with everything Weir decided about it when the snapshot was built. */
export interface Method {
  /** The tRPC procedure path, for example `market.v1.quoteService.getQuote`. */
  readonly path: string;
  /** The HTTP/2 `:path`, for example `/market.v1.QuoteService/GetQuote`. */
  readonly rpcPath: string;
  readonly kind: MethodKind;
  readonly procedureType: ProcedureType;
  readonly idempotency: 'unknown' | 'noSideEffects' | 'idempotent';
  /** Holds `input`, `output` and the names; see `@bufbuild/protobuf`. */
  readonly descriptor: DescMethod;
  /** Of the whole contract, where that of an Any is found. */
  readonly types: Registry;
  /** The service's options with the method's laid over them. */
  readonly policy: MethodPolicy;
  /** The name under `upstreams` in the configuration that serves this method. */
  readonly upstream: string;
  /** Leading comment from the contract, without comment signs; empty when there is none. */
  readonly comment: string;
  readonly deprecated: boolean;
}
