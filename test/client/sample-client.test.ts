import { QueryClient } from '@tanstack/react-query';
import { createTRPCClient, httpBatchLink } from '@trpc/client';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { connectionOf, findDetail, isWeirError } from '@weir/client';
import {
  type AppRouter,
  createSampleClient,
  type marketV1,
  type ordersV1,
} from '@weir/sample-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';

let backends: Backends;
let gateway: GatewayProcess;
let weir: ReturnType<typeof createSampleClient>;

beforeAll(async () => {
  backends = await startBackends();
  gateway = await startGateway(backends);
  weir = createSampleClient({ url: gateway.trpcUrl });
});

afterAll(async () => {
  await connectionOf(weir).close();
  await gateway.stop();
  await backends.stop();
});

test('an answer holds what its type promises', async () => {
  const { instruments } = await weir.market.v1.quoteService.listInstruments.query({ pageSize: 1 });
  expect(instruments).toEqual([
    {
      symbol: 'AAPL',
      name: 'Apple Inc.',
      tick: expect.any(Number),
      sharesOutstanding: '15115000000',
      feedId: expect.any(Number),
      listingId: expect.stringMatching(/^\d+$/),
      priceExponent: expect.any(Number),
      epochOffsetNs: expect.stringMatching(/^-?\d+$/),
      netPositionLimit: expect.stringMatching(/^-?\d+$/),
      shortable: expect.any(Boolean),
      listingDigest: expect.stringMatching(/^[\w+/]+=*$/),
      identifiers: expect.any(Object),
      venues: expect.any(Object),
      sector: { name: 'Hardware', parent: { name: 'Information Technology' } },
      attributes: expect.any(Object),
      settlement: expect.stringMatching(/^\d+s$/),
      dividendYield: 0.43,
      recentCloses: Array.from({ length: 5 }, () => expect.any(Number)),
      allowedStates: expect.any(Array),
      isin: expect.any(String),
    },
  ]);
});

test('a refusal is typed', async () => {
  const refused = await weir.market.v1.quoteService.getQuote
    .query({ symbol: 'NONE' })
    .catch((error: unknown) => error);
  expect(isWeirError(refused) && refused.data.grpc.code).toBe('NOT_FOUND');
  expect(findDetail(refused, 'google.rpc.ErrorInfo')).toMatchObject({
    reason: 'UNKNOWN_SYMBOL',
    metadata: { symbol: 'NONE' },
  });
});

test('an infinite query of a stock client turns the pages', async () => {
  const client = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: gateway.trpcUrl })] });
  const queryClient = new QueryClient();
  const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient });
  const getNextPageParam = (page: marketV1.ListInstrumentsResponse) =>
    page.nextPageToken || undefined;
  const options = trpc.market.v1.quoteService.listInstruments.infiniteQueryOptions(
    { pageSize: 20 },
    { getNextPageParam },
  );
  const { queryKey, queryFn, initialPageParam } = options;
  if (typeof queryFn !== 'function') throw new Error('the options have no function to ask with');
  const asked = { queryKey, queryFn, initialPageParam, getNextPageParam, pages: 5 };
  const { pages } = await queryClient.fetchInfiniteQuery(asked);
  expect(pages.map(({ instruments }) => instruments.length)).toEqual([20, 20, 10]);
  const symbols = pages.flatMap(({ instruments }) => instruments.map(({ symbol }) => symbol));
  expect(new Set(symbols).size).toBe(50);
  queryClient.clear();
});

test('a resumable stream tells the id of each place, and starts after a given one', async () => {
  const place = (quantity: number) =>
    weir.orders.v1.orderService.placeOrder.mutate({
      clientOrderId: crypto.randomUUID(),
      symbol: 'AAPL',
      side: 'SIDE_BUY',
      quantity,
      market: {},
    });
  const first = await nextExecution({}, () => place(1));
  expect(first.id).toBe(first.data.sequence);
  const second = await nextExecution({ lastEventId: first.id }, () => place(2));
  expect(second.data.quantity).toBe(2);
  expect(await nextExecution({ lastEventId: first.id })).toEqual(second);
});

interface ExecutionEvent {
  readonly id: string;
  readonly data: ordersV1.WatchExecutionsResponse;
}

/** Subscribes, acts once the backend has the subscription, and gives the first event. */
async function nextExecution(
  start: { lastEventId?: string },
  act?: () => Promise<unknown>,
): Promise<ExecutionEvent> {
  const known = new Set(asked());
  const { promise, resolve, reject } = Promise.withResolvers<ExecutionEvent>();
  const subscription = weir.orders.v1.orderService.watchExecutions.subscribe(start, {
    onData: resolve,
    onError: reject,
  });
  await backends.orders.child.waitFor('the subscription', (line) =>
    asked().some((each) => each === line && !known.has(each)),
  );
  await act?.();
  return promise.finally(() => subscription.unsubscribe());
}

function asked() {
  return backends.orders.events('/orders.v1.OrderService/WatchExecutions');
}
