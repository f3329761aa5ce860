import { createTRPCUntypedClient, createWSClient, wsLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { resubscribeLink } from '../../clients/runtime/src/resubscribe-link.ts';

/** What one subscriber saw. */
export interface Watched {
  /** Numbers in the order they came; without a fault of the gateway each is one more than the last. */
  readonly sequences: number[];
  /** Errors that told of an interruption, each followed by resuming. */
  interruptions: number;
  /** The longest time without a message and without an error, in milliseconds; `lastEventAt` ends the last one. */
  longestSilenceMs: number;
  lastEventAt: number;
  /** What ended it for good; undefined while it lives. */
  ended: string | undefined;
}

export interface Watchers {
  readonly watched: readonly Watched[];
  close(): Promise<void>;
}

/** Subscribers on one WebSocket, with the stock link and the client library's own for resuming. */
export function openWatchers(webSocketUrl: string, count: number): Watchers {
  const socket = createWSClient({ url: webSocketUrl });
  const client = createTRPCUntypedClient<AnyTRPCRouter>({
    links: [resubscribeLink(), wsLink({ client: socket })],
  });
  const watchers = Array.from({ length: count }, () => subscribe(client));
  return {
    watched: watchers.map(({ watched }) => watched),
    async close() {
      for (const { unsubscribe } of watchers) unsubscribe();
      await socket.close();
    },
  };
}

type Client = ReturnType<typeof createTRPCUntypedClient<AnyTRPCRouter>>;

function subscribe(client: Client): { watched: Watched; unsubscribe(): void } {
  const watched: Watched = {
    sequences: [],
    interruptions: 0,
    longestSilenceMs: 0,
    lastEventAt: performance.now(),
    ended: undefined,
  };
  const hear = () => {
    const now = performance.now();
    watched.longestSilenceMs = Math.max(watched.longestSilenceMs, now - watched.lastEventAt);
    watched.lastEventAt = now;
  };
  const end = (how: string) => {
    hear();
    watched.ended = how;
  };
  const { unsubscribe } = client.subscription(
    'chaos.v1.deskService.watch',
    {},
    {
      onData(message) {
        hear();
        watched.sequences.push(sequenceOf(message));
      },
      onConnectionStateChange({ error }) {
        hear();
        if (error) watched.interruptions += 1;
      },
      onError: (error) => end(error.message),
      onComplete: () => end('complete'),
    },
  );
  return { watched, unsubscribe };
}

/** `tracked()` wraps what has a resume id. */
function sequenceOf(message: unknown): number {
  const { data } = Object(message);
  return Number(Object(data).sequence);
}

/** Places where a number is not one more than the one before: what was lost or came twice. */
export function breaksIn(sequences: readonly number[]): readonly string[] {
  return sequences.flatMap((sequence, index) => {
    const before = sequences[index - 1] ?? sequence - 1;
    return sequence === before + 1 ? [] : [`${before} then ${sequence}`];
  });
}
