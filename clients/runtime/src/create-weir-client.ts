import { createTRPCClient, type TRPCClient } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { rememberConnection } from './connection.ts';
import { createWeirLinks } from './create-weir-links.ts';
import type { WeirClientOptions } from './options.ts';

export type WeirClient<Router extends AnyTRPCRouter> = TRPCClient<Router>;

/**
 * A stock tRPC client with the links that suit Weir:
 *
 * ```ts
 * const weir = createWeirClient<AppRouter>({ url: 'https://gateway.example/trpc', token: getToken });
 * const quote = await weir.market.v1.quoteService.getQuote.query({ symbol: 'AAPL' });
 * ```
 *
 * Calls reject with a `TRPCClientError`; ask {@link isWeirError} and {@link findDetail} about it.
 */
export function createWeirClient<Router extends AnyTRPCRouter>(
  options: WeirClientOptions,
): WeirClient<Router> {
  const { links, connection } = createWeirLinks<Router>(options);
  const client = createTRPCClient<Router>({ links });
  rememberConnection(client, connection);
  return client;
}
