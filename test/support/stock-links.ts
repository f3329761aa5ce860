import {
  createTRPCUntypedClient,
  createWSClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  httpSubscriptionLink,
  type TRPCLink,
  type TRPCUntypedClient,
  wsLink,
} from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import type { GatewayProcess } from './gateway.ts';

export type Headers = Readonly<Record<string, string>>;

/** A stock client over one of the stock links. */
export interface StockClient {
  readonly client: TRPCUntypedClient<AnyTRPCRouter>;
  /** Goes away as a closed page would, whatever is under way. */
  hangUp(): void;
  close(): Promise<void>;
}

export interface StockLink {
  readonly name: string;
  readonly carries: readonly ('query' | 'mutation' | 'subscription')[];
  /** Stock links of this kind abort a unary call by telling nobody; only a lost connection ends it. */
  readonly abortsSilently: boolean;
  /** @param headers Sent as HTTP headers where the link can, else as connectionParams. */
  connect(gateway: GatewayProcess, headers: Headers): StockClient;
}

const UNARY = ['query', 'mutation'] as const;

function overHttp(
  name: string,
  createLink: (options: { url: string; headers: Headers }) => TRPCLink<AnyTRPCRouter>,
): StockLink {
  return {
    name,
    carries: UNARY,
    abortsSilently: false,
    connect: (gateway, headers) => withoutConnection(createLink({ url: gateway.trpcUrl, headers })),
  };
}

function withoutConnection(link: TRPCLink<AnyTRPCRouter>): StockClient {
  const client = createTRPCUntypedClient<AnyTRPCRouter>({ links: [link] });
  return { client, hangUp: () => {}, close: async () => {} };
}

function connectWebSocket(gateway: GatewayProcess, headers: Headers): StockClient {
  const socket = createWSClient({
    url: gateway.webSocketUrl,
    connectionParams: () => ({ ...headers }),
    // Tests end the connection on purpose and must not see it come back.
    retryDelayMs: () => 60_000,
  });
  const client = createTRPCUntypedClient<AnyTRPCRouter>({ links: [wsLink({ client: socket })] });
  const hangUp = () => socket.connection?.ws?.close();
  return { client, hangUp, close: () => socket.close() };
}

export const STOCK_LINKS: readonly StockLink[] = [
  overHttp('httpLink', httpLink),
  overHttp('httpBatchLink', httpBatchLink),
  overHttp('httpBatchStreamLink', httpBatchStreamLink),
  {
    name: 'wsLink',
    carries: [...UNARY, 'subscription'],
    abortsSilently: true,
    connect: connectWebSocket,
  },
  {
    name: 'httpSubscriptionLink',
    carries: ['subscription'],
    abortsSilently: false,
    connect: (gateway, headers) =>
      withoutConnection(
        httpSubscriptionLink({ url: gateway.trpcUrl, connectionParams: () => ({ ...headers }) }),
      ),
  },
];
