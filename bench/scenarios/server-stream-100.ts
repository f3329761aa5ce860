import { watchQuotes } from '../calls/watch-quotes.ts';
import { streamScenario } from '../stream-scenario.ts';

export default streamScenario({
  name: 'server-stream-100',
  about: 'messages of 250 bytes over 100 subscriptions, as fast as they are read',
  call: watchQuotes,
  subscriptions: 100,
});
