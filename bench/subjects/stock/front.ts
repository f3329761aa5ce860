import { env } from 'node:process';
import { initTRPC } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { z } from 'zod';
import { getQuote } from '../../calls/get-quote.ts';
import { toAnswerJson } from '../../contract.ts';

const t = initTRPC.create();
const quote: unknown = JSON.parse(toAnswerJson(getQuote));

const router = t.router({
  market: {
    v1: {
      quoteService: {
        getQuote: t.procedure.input(z.object({ symbol: z.string() })).query(() => quote),
      },
    },
  },
});

createHTTPServer({ router }).listen(Number(env.PORT), '127.0.0.1');
