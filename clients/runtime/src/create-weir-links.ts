import {
  createWSClient,
  httpBatchLink,
  httpBatchStreamLink,
  type Operation,
  splitLink,
  type TRPCLink,
  type TRPCWebSocketClient,
  wsLink,
} from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { backoffMs } from './backoff.ts';
import { type Connection, createConnection } from './connection.ts';
import type { WeirClientOptions } from './options.ts';
import { type Renewal, renewLink } from './renew-link.ts';
import { resubscribeLink } from './resubscribe-link.ts';
import { createSocketRenewal } from './socket-renewal.ts';
import { authorizationOf } from './token.ts';
import { createTokenRenewal } from './token-renewal.ts';
import { traceHeadersOf } from './trace-headers.ts';
import { traceLink } from './trace-link.ts';
import { tracedEncoder, tracedMessagesLink } from './traced-messages.ts';
import { toWebSocketUrl } from './websocket-url.ts';

export interface WeirLinks<Router extends AnyTRPCRouter> {
  readonly links: TRPCLink<Router>[];
  readonly connection: Connection;
}

/** 50 calls: more in one tick is a loop that wants another method. */
const MAX_BATCH_SIZE = 50;

/** 2,000 characters: a longer URL is cut by some proxies, so the batch is split, and a query that is longer alone is posted. */
const MAX_URL_LENGTH = 2_000;

/** 10 s idle: long enough for a page change to keep its socket, short enough to let a script end. */
const IDLE_MS = 10_000;

/** A dead network is noticed within 15 s, and 10,000 idle clients cost the gateway 1,000 pings a second. */
const KEEP_ALIVE = { enabled: true, intervalMs: 10_000, pongTimeoutMs: 5_000 };

/**
 * The links of {@link createWeirClient}, to be joined with links of your own (`loggerLink` for example):
 * subscriptions travel over one WebSocket, which opens with the first of them, all else over batched HTTP.
 */
export function createWeirLinks<Router extends AnyTRPCRouter>(
  options: WeirClientOptions,
): WeirLinks<Router> {
  const { session } = options;
  const identify = async () => session?.headers() ?? authorizationOf(options.token);
  const webSocketClient = createWSClient({
    url: options.webSocketUrl ?? toWebSocketUrl(options.url),
    connectionParams: () => identify(),
    lazy: { enabled: true, closeMs: IDLE_MS },
    keepAlive: KEEP_ALIVE,
    retryDelayMs: (attempt) => backoffMs(attempt),
    experimental_encoder: tracedEncoder,
    ...(options.WebSocket && { WebSocket: options.WebSocket }),
  });
  const http = {
    url: options.url,
    headers: async ({ opList }: { readonly opList: readonly Operation[] }) => ({
      ...options.headers,
      ...traceHeadersOf(opList),
      ...(await identify()),
    }),
    ...(session && { fetch: fetchWithCookies }),
    maxItems: options.maxBatchSize ?? MAX_BATCH_SIZE,
    maxURLLength: MAX_URL_LENGTH,
  };
  const socket = [tracedMessagesLink(), wsLink<AnyTRPCRouter>({ client: webSocketClient })];
  const batchLink = options.batch === 'whole' ? httpBatchLink : httpBatchStreamLink;
  const calls = splitLink<AnyTRPCRouter>({
    condition: (op) => op.type === 'query' && urlLength(options.url, op) > MAX_URL_LENGTH,
    true: batchLink<AnyTRPCRouter>({ ...http, methodOverride: 'POST' }),
    false: batchLink<AnyTRPCRouter>(http),
  });
  const split = splitLink<AnyTRPCRouter>({
    condition: (op) => op.type === 'subscription',
    true: options.resubscribe === false ? socket : [resubscribeLink(), ...socket],
    false: calls,
  });
  const renewal = renewalOf(options, webSocketClient);
  return {
    // Outermost, so that what is tried again is one call.
    links: renewal === undefined ? [traceLink(), split] : [traceLink(), renewLink(renewal), split],
    connection: createConnection(webSocketClient),
  };
}

/** Of a batch with this call alone. The stock links fail a call that no URL can hold. */
function urlLength(url: string, { path, input }: Operation): number {
  const inputs = encodeURIComponent(JSON.stringify({ 0: input }));
  return `${url}/${path}?batch=1&input=${inputs}`.length;
}

/** Who can get newer credentials: a session, or a function that gives tokens. */
function renewalOf(
  { session, token }: WeirClientOptions,
  webSocketClient: TRPCWebSocketClient,
): Renewal | undefined {
  const socket = createSocketRenewal(webSocketClient);
  if (session !== undefined) {
    session.onChange(async (change) =>
      change === 'signedOut' ? socket.reopen() : socket.renew(() => session.proof()),
    );
    return session;
  }
  return typeof token === 'function' ? createTokenRenewal(socket, token) : undefined;
}

type FetchLike = NonNullable<Parameters<typeof httpBatchLink<AnyTRPCRouter>>[0]['fetch']>;

/** A gateway of another origin gets the session's cookies only so. */
const fetchWithCookies: FetchLike = (input, init) =>
  fetch(input, { ...init, signal: init?.signal ?? null, credentials: 'include' });
