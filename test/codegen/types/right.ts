// What a frontend writes. It is never run: the compiler accepts it, in every consumer's configuration.
import { QueryClient, useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import {
  createTRPCClient,
  httpBatchLink,
  httpSubscriptionLink,
  isTRPCClientError,
  splitLink,
} from '@trpc/client';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import {
  createTRPCContext,
  createTRPCOptionsProxy,
  useSubscription,
} from '@trpc/tanstack-react-query';
import { connectionOf, createWeirClient, findDetail, isWeirError } from '@weir/client';
import type { AppRouter, marketV1, ordersV1 } from '@weir/sample-client';
import { createSampleClient } from '@weir/sample-client';

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function check<_ extends true>(): void {}

const stock = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: (op) => op.type === 'subscription',
      true: httpSubscriptionLink({ url: '/trpc' }),
      false: httpBatchLink({ url: '/trpc' }),
    }),
  ],
});
const weir = createWeirClient<AppRouter>({ url: '/trpc', token: async () => 'token' });
const sample = createSampleClient({ url: '/trpc' });
check<Equal<typeof weir, typeof stock>>();
check<Equal<typeof sample, typeof stock>>();

export async function callUnary(): Promise<void> {
  const quote = await stock.market.v1.quoteService.getQuote.query({ symbol: 'AAPL' });
  const always: string = quote.symbol;
  const int64: string = quote.sequence;
  const last: number = Number(quote.last ?? quote.bid);
  check<Equal<typeof quote, marketV1.GetQuoteResponse>>();
  check<Equal<typeof quote.state, marketV1.TradingState>>();

  const placed = await weir.orders.v1.orderService.placeOrder.mutate({
    clientOrderId: 'a',
    symbol: quote.symbol,
    side: 'SIDE_BUY',
    quantity: 5,
    limit: { price: 1.5, timeInForce: 'TIME_IN_FORCE_DAY' },
    note: null,
    labels: { desk: '7' },
    algorithm: { '@type': 'type.googleapis.com/orders.v1.TwapAlgorithm', slices: 3 },
  });
  await sample.orders.v1.orderService.cancelOrder.mutate({
    orderId: 7,
    reason: { why: ['late', 1] },
  });
  await sample.orders.v1.orderService.cancelOrder.mutate({ orderId: '9007199254740993' });
  await sample.orders.v1.orderService.getOrder.query({ clientOrderId: 'a', fields: 'status,side' });
  await sample.market.v1.quoteService.listInstruments.query({});

  const { order } = placed;
  if (order?.limit !== undefined) {
    check<Equal<typeof order.limit, ordersV1.LimitPricing>>();
    check<Equal<typeof order.market, undefined>>();
  }
  const deep: string | undefined = order?.children[0]?.children[0]?.clientOrderId;
  console.log(always, int64, last, deep);
}

export function describePricing(order: ordersV1.Order): string {
  if (order.limit) return `limit ${order.limit.price}`;
  if (order.peg) return `peg ${order.peg.offset}`;
  return order.market ? 'market' : 'none';
}

export function describeState(state: marketV1.TradingState): string {
  switch (state) {
    case 'TRADING_STATE_UNSPECIFIED':
    case 'TRADING_STATE_OPEN':
    case 'TRADING_STATE_HALTED':
    case 'TRADING_STATE_CLOSED':
    case 'TRADING_STATE_AUCTION':
      return state;
  }
}

export function watch(): () => void {
  const subscription = weir.market.v1.quoteService.watchQuotes.subscribe(
    { symbols: ['AAPL'], minInterval: '0.25s' },
    {
      onData(message) {
        const bid = message.quote?.bid;
        check<Equal<typeof message, marketV1.WatchQuotesResponse>>();
        console.log(bid);
      },
      onError: (error) => console.error(error.data?.grpc?.code, error.data?.requestId),
    },
  );
  return () => subscription.unsubscribe();
}

export function explain(error: unknown): string {
  const violations = findDetail(error, 'google.rpc.BadRequest')?.fieldViolations ?? [];
  const [first] = violations;
  if (first !== undefined) return `${first.field}: ${first.description}`;
  const reason: string | undefined = findDetail(error, 'google.rpc.ErrorInfo')?.metadata.desk;
  if (isWeirError(error) && error.data.grpc.code === 'UNAVAILABLE') {
    return `again in ${error.data.retryAfterMs} ms, ${reason}`;
  }
  if (isTRPCClientError<AppRouter>(error)) return error.data?.grpc?.message ?? error.message;
  return 'unknown';
}

export async function endOrderly(): Promise<void> {
  const stop = connectionOf(weir).subscribe((state) => console.log(state === 'connected'));
  stop();
  await connectionOf(weir).close();
}

type Inputs = inferRouterInputs<AppRouter>;
type Outputs = inferRouterOutputs<AppRouter>;
check<Equal<Inputs['market']['v1']['quoteService']['getQuote'], marketV1.GetQuoteRequestInput>>();
check<Equal<Outputs['market']['v1']['quoteService']['getQuote'], marketV1.GetQuoteResponse>>();

const { useTRPC } = createTRPCContext<AppRouter>();
export const proxy = createTRPCOptionsProxy<AppRouter>({
  client: stock,
  queryClient: new QueryClient(),
});

export function useEverything(): void {
  const trpc = useTRPC();
  const quote = useQuery(trpc.market.v1.quoteService.getQuote.queryOptions({ symbol: 'AAPL' }));
  const bid: marketV1.GetQuoteResponse['bid'] | undefined = quote.data?.bid;
  const code: string | undefined = quote.error?.data?.grpc?.code;

  const place = useMutation(trpc.orders.v1.orderService.placeOrder.mutationOptions());
  place.mutate({ symbol: 'AAPL', side: 'SIDE_SELL', quantity: 1, market: {} });

  const pages = useInfiniteQuery(
    trpc.market.v1.quoteService.listInstruments.infiniteQueryOptions(
      { pageSize: 20 },
      { getNextPageParam: (page) => page.nextPageToken || undefined },
    ),
  );
  const names = pages.data?.pages.flatMap((page) => page.instruments.map((each) => each.name));

  const executions = useSubscription(
    trpc.orders.v1.orderService.watchExecutions.subscriptionOptions({ afterSequence: '0' }),
  );
  check<Equal<NonNullable<typeof executions.data>['data'], ordersV1.WatchExecutionsResponse>>();
  const price: number = Number(executions.data?.data.price);
  const key = trpc.market.v1.quoteService.pathKey();
  console.log(bid, code, names, price, key);
}
