import { env } from 'node:process';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { createRouter } from './router.ts';

const router = createRouter(Number(env.BACKEND_PORT));
createHTTPServer({ router }).listen(Number(env.PORT), '127.0.0.1');
