import { watchQuotes } from '../calls/watch-quotes.ts';
import { streamScenario } from '../stream-scenario.ts';

export default streamScenario({
  name: 'server-stream',
  about: 'messages of 250 bytes over one subscription, as fast as they are read',
  call: watchQuotes,
  subscriptions: 1,
});
