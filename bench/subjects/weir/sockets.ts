import { createServer } from 'node:http';
import { env } from 'node:process';
import { loadContracts } from '../../../src/contract/load-contracts.ts';
import { createRequestIds } from '../../../src/inbound/request-id.ts';
import { createTrpcWebSocketFront } from '../../../src/inbound/websocket/websocket-front.ts';
import type { Call } from '../../../src/pipeline/call.ts';
import type { Procedure } from '../../../src/procedures/procedure.ts';
import { trpcPath } from '../../call.ts';
import { watchQuotes } from '../../calls/watch-quotes.ts';
import { QuoteFeed } from '../../quote-feed.ts';

const snapshot = await loadContracts([{ descriptorSet: env.CONTRACT ?? '' }]);
const method = snapshot.methods.get(trpcPath(watchQuotes));
if (!method) throw new Error(`The contract has no procedure ${trpcPath(watchQuotes)}.`);

// As with a shared upstream stream, a message becomes JSON text once for all who watch it.
const feed = new QuoteFeed(Number(env.MESSAGES_PER_SECOND), (message) => ({
  json: JSON.stringify(message),
}));

const procedure: Procedure = {
  type: 'subscription',
  method,
  handle: (call) => feed.watch(topicOf(call), call.cancellation.signal),
};
const procedures = new Map([[method.path, procedure]]);
const front = createTrpcWebSocketFront({
  procedures: () => procedures,
  newRequestId: createRequestIds(),
});

const server = createServer();
server.on('upgrade', front.handleUpgrade);
server.listen(Number(env.PORT), '127.0.0.1');

function topicOf({ input }: Call): number {
  if (typeof input !== 'object' || input === null || !('symbols' in input)) return Number.NaN;
  return Array.isArray(input.symbols) ? Number(input.symbols[0]) : Number.NaN;
}
