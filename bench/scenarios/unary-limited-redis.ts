import { getQuote } from '../calls/get-quote.ts';
import { besideRedis, REDIS_CONFIG } from '../redis-beside.ts';
import { unaryScenario } from '../unary-scenario.ts';

export default besideRedis(
  unaryScenario({
    name: 'unary-limited-redis',
    about: 'the small query under a rate limit in Redis that never refuses',
    call: getQuote,
    subjects: ['weir', 'weir-bare'],
    weir: {
      config: { redis: REDIS_CONFIG, rateLimits: { store: 'redis' } },
      policy: { rateLimit: { requests: 1_000_000, per: '1s', key: 'RATE_LIMIT_KEY_IP' } },
    },
  }),
);
