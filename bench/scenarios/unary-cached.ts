import { getQuote } from '../calls/get-quote.ts';
import { unaryScenario } from '../unary-scenario.ts';

export default unaryScenario({
  name: 'unary-cached',
  about: 'the small query answered from the cache in memory',
  call: getQuote,
  isSlow: true,
  subjects: ['weir', 'weir-bare', 'node'],
  weir: { policy: { cache: { ttl: '3600s', scope: 'CACHE_SCOPE_PUBLIC' } } },
});
