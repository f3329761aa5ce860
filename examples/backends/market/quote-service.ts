import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type { CallContext } from '../server/call-context.ts';
import type { Calls } from '../server/calls.ts';
import type { Clock } from '../server/clock.ts';
import { badRequest, errorInfo, resourceInfo } from '../server/error-details.ts';
import { StatusError } from '../server/status-error.ts';
import { type Seconds, toMs } from '../server/well-known.ts';
import type { Market } from './market.ts';
import { toInstrumentMessage, toQuoteMessage } from './messages.ts';
import { type PageRequest, pageOf } from './page.ts';
import { watchQuotes } from './watch-quotes.ts';

interface GetQuoteRequest {
  readonly symbol: string;
}

interface WatchQuotesRequest {
  readonly symbols: readonly string[];
  readonly min_interval: Seconds | null;
}

/** `market.v1.QuoteService` */
export function quoteService(
  calls: Calls,
  market: Market,
  clock: Clock,
): UntypedServiceImplementation {
  function getQuote({ symbol }: GetQuoteRequest) {
    checkSymbols(market, [symbol]);
    return toQuoteMessage(market.quoteAt(symbol, clock.now()));
  }

  function listInstruments(request: PageRequest) {
    const { listings, nextPageToken } = pageOf(request);
    return {
      instruments: listings.map((listing) =>
        toInstrumentMessage(listing, market.recentCloses(listing.symbol, clock.now())),
      ),
      next_page_token: nextPageToken,
    };
  }

  async function* watch(request: WatchQuotesRequest, { signal }: CallContext) {
    if (request.symbols.length === 0) {
      throw new StatusError('INVALID_ARGUMENT', 'Name at least one symbol', [
        badRequest([{ field: 'symbols', description: 'must name at least one symbol' }]),
      ]);
    }
    checkSymbols(market, request.symbols);
    const minIntervalMs = request.min_interval === null ? 0 : toMs(request.min_interval);
    const options = { symbols: request.symbols, minIntervalMs };
    for await (const quote of watchQuotes(market, clock, options, signal)) {
      yield { symbol: quote.symbol, quote: toQuoteMessage(quote) };
    }
  }

  return {
    GetQuote: calls.unary(getQuote),
    ListInstruments: calls.unary(listInstruments),
    WatchQuotes: calls.serverStreaming(watch),
  };
}

function checkSymbols(market: Market, symbols: readonly string[]): void {
  const unknown = symbols.find((symbol) => market.listing(symbol) === undefined);
  if (unknown === undefined) return;
  throw new StatusError('NOT_FOUND', `There is no instrument "${unknown}"`, [
    errorInfo('UNKNOWN_SYMBOL', 'market.v1', { symbol: unknown }),
    resourceInfo('market.v1.Instrument', unknown),
  ]);
}
