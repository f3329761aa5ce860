import { createServer } from 'node:http';
import { env } from 'node:process';
import { loadContracts } from '../../../src/contract/load-contracts.ts';
import { createTrpcHttpFront } from '../../../src/inbound/http/http-front.ts';
import { createRequestIds } from '../../../src/inbound/request-id.ts';
import type { Procedure } from '../../../src/procedures/procedure.ts';
import { trpcPath } from '../../call.ts';
import { getQuote } from '../../calls/get-quote.ts';
import { toAnswerJson } from '../../contract.ts';

const PREFIX = '/trpc/';
const snapshot = await loadContracts([{ descriptorSet: env.CONTRACT ?? '' }]);
const method = snapshot.methods.get(trpcPath(getQuote));
if (!method) throw new Error(`The contract has no procedure ${trpcPath(getQuote)}.`);

const reply = { json: toAnswerJson(getQuote), headers: [] };
const procedure: Procedure = { type: 'query', method, handle: async () => reply };
const procedures = new Map([[method.path, procedure]]);
const front = createTrpcHttpFront({
  procedures: () => procedures,
  newRequestId: createRequestIds(),
});

createServer((request, response) => {
  front.handle(request, response, (request.url ?? '').slice(PREFIX.length));
}).listen(Number(env.PORT), '127.0.0.1');
