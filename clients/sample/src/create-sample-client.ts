import { createWeirClient, type WeirClient, type WeirClientOptions } from '@weir/client';
import type { AppRouter } from './generated/index.ts';

/** A client of the sample contracts: `createSampleClient({ url }).market.v1.quoteService.getQuote.query(…)`. */
export function createSampleClient(options: WeirClientOptions): WeirClient<AppRouter> {
  return createWeirClient<AppRouter>(options);
}
