import { createServer } from 'node:http';
import { env } from 'node:process';
import { initTRPC } from '@trpc/server';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { QuoteFeed } from '../../quote-feed.ts';

const t = initTRPC.create();
const feed = new QuoteFeed(Number(env.MESSAGES_PER_SECOND), (message) => message);

const router = t.router({
  market: {
    v1: {
      quoteService: {
        watchQuotes: t.procedure
          .input(z.object({ symbols: z.tuple([z.string()]) }))
          .subscription(({ input, signal }) => feed.watch(Number(input.symbols[0]), signal)),
      },
    },
  },
});

const server = createServer();
applyWSSHandler({ wss: new WebSocketServer({ server }), router });
server.listen(Number(env.PORT), '127.0.0.1');
