import { createTRPCUntypedClient, createWSClient, wsLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { resubscribeLink } from '../../clients/runtime/src/resubscribe-link.ts';

/** What one subscriber saw. */
export interface Watched {
  /** Numbers in the order they came; without a fault of the gateway each is one more than the last. */
  readonly sequences: number[];
  /** When a message or an error came, milliseconds since the Unix epoch. */
  readonly heardAt: number[];
  /** When an error told of an interruption; resuming follows. */
  readonly interruptedAt: number[];
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
  const watched: Watched = { sequences: [], heardAt: [], interruptedAt: [], ended: undefined };
  const end = (how: string) => {
    watched.heardAt.push(Date.now());
    watched.ended = how;
  };
  const subscription = client.subscription(
    'chaos.v1.deskService.watch',
    {},
    {
      onData(message) {
        watched.heardAt.push(Date.now());
        watched.sequences.push(sequenceOf(message));
      },
      onConnectionStateChange({ error }) {
        watched.heardAt.push(Date.now());
        if (error) watched.interruptedAt.push(Date.now());
      },
      onError: (error) => end(error.message),
      onComplete: () => end('complete'),
    },
  );
  return { watched, unsubscribe: () => subscription.unsubscribe() };
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

/** The longest time without a message and without an error, in milliseconds; both ends count as heard. */
export function longestSilenceMs({ heardAt }: Watched, since: number, until: number): number {
  const within = [since, ...heardAt.filter((at) => at > since && at < until), until];
  return Math.max(...within.map((at, index) => at - (within[index - 1] ?? since)));
}
