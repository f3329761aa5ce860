import { getQuote } from '../calls/get-quote.ts';
import { unaryScenario } from '../unary-scenario.ts';

export default unaryScenario({
  name: 'unary-limited',
  about: 'the small query under a rate limit in memory that never refuses',
  call: getQuote,
  isSlow: true,
  subjects: ['weir', 'weir-bare'],
  weir: {
    policy: { rateLimit: { requests: 1_000_000_000, per: '1s', key: 'RATE_LIMIT_KEY_IP' } },
  },
});
