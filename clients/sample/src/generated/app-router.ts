import type { Mutation, Paged, Query, Router, Subscription, TrackedSubscription } from "./procedure-types.ts";
import type { GetQuoteRequestInput, GetQuoteResponse, ListInstrumentsRequestInput, ListInstrumentsResponse, WatchQuotesRequestInput, WatchQuotesResponse } from "./market/v1/quote_service.ts";
import type { CancelOrderRequestInput, CancelOrderResponse, GetOrderRequestInput, GetOrderResponse, PlaceOrderRequestInput, PlaceOrderResponse, WatchExecutionsRequestInput, WatchExecutionsResponse } from "./orders/v1/order_service.ts";

/** The whole API, for `createTRPCClient<AppRouter>` and `createWeirClient<AppRouter>`. */
export type AppRouter = Router<{
  market: {
    v1: {
      /** Prices of the instruments that trade here. */
      quoteService: {
        /** The newest quote of one instrument. */
        getQuote: Query<GetQuoteRequestInput, GetQuoteResponse>;
        /** The instruments, a page at a time, ordered by symbol. */
        listInstruments: Query<Paged<ListInstrumentsRequestInput>, ListInstrumentsResponse>;
        /** The quotes of the named instruments: each one's newest at once, then every change. */
        watchQuotes: Subscription<WatchQuotesRequestInput, WatchQuotesResponse>;
      };
    };
  };
  orders: {
    v1: {
      /** The order book. */
      orderService: {
        /** Places one order. Never sent twice: on an unknown outcome ask with `GetOrder` and the same `client_order_id`. */
        placeOrder: Mutation<PlaceOrderRequestInput, PlaceOrderResponse>;
        /** Cancels an order. Cancelling it again changes nothing. */
        cancelOrder: Mutation<CancelOrderRequestInput, CancelOrderResponse>;
        /** One order by its id or by the client's own id. */
        getOrder: Query<GetOrderRequestInput, GetOrderResponse>;
        /** Executions as they happen, from `after_sequence` on. */
        watchExecutions: TrackedSubscription<WatchExecutionsRequestInput, WatchExecutionsResponse>;
        // ImportOrders is client streaming: no tRPC procedure has its shape.
        // Negotiate is bidirectional: no tRPC procedure has its shape.
      };
    };
  };
}>;
