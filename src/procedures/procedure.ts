import type { Method } from '../contract/method.ts';
import type { StreamHandler, UnaryHandler } from '../pipeline/middleware.ts';

export interface UnaryProcedure {
  readonly type: 'query' | 'mutation';
  readonly method: Method;
  readonly handle: UnaryHandler;
  /** Its answers are given again, so the same request is likely to come again. */
  readonly cached?: boolean;
}

export interface StreamProcedure {
  readonly type: 'subscription';
  readonly method: Method;
  readonly handle: StreamHandler;
}

export type Procedure = UnaryProcedure | StreamProcedure;

/** Every procedure of one contract snapshot by its path, for example `market.v1.quoteService.getQuote`. */
export type ProcedureTable = ReadonlyMap<string, Procedure>;
