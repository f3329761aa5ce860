import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { loadContracts } from '../../src/contract/load-contracts.ts';
import type { ContractSnapshot } from '../../src/contract/snapshot.ts';
import { WeirError } from '../../src/errors.ts';
import { Cancellation } from '../../src/lib/cancellation.ts';
import type { PermittedCall } from '../../src/pipeline/permitted-call.ts';
import { createUnaryInvoke } from '../../src/procedures/invoke.ts';
import { createMetadataRules } from '../../src/procedures/metadata-rules.ts';
import { createTranscoder } from '../../src/transcode/transcoder.ts';
import type { Upstream } from '../../src/upstream/upstream.ts';

let contracts: ContractSnapshot;

beforeAll(async () => {
  contracts = await loadContracts([{ folder: join(import.meta.dirname, '..', '..', 'proto') }]);
});

function invoke(path: string, unary: Upstream['unary']) {
  const method = contracts.methods.get(path);
  if (method === undefined) throw new Error(`The sample contracts have no ${path}.`);
  const handle = createUnaryInvoke({
    method,
    transcoder: createTranscoder(contracts.registry),
    validator: { checkOf: () => undefined },
    upstream: { unary } as Upstream,
    metadata: createMetadataRules({ request: [], response: [] }),
  });
  return handle({
    id: 'r1',
    method,
    input: {},
    headers: {},
    identityMetadata: [],
    cancellation: new Cancellation(),
  } as unknown as PermittedCall);
}

/** Field 1, longer than what follows: no message of any type. */
const UNREADABLE = new Uint8Array([0x0a, 0x7f]);

// The order was placed: the backend said OK, and only then could its answer not be read.
test.each([
  ['orders.v1.orderService.placeOrder', [{ reason: 'OUTCOME_UNKNOWN', domain: 'weir' }]],
  ['market.v1.quoteService.getQuote', []],
])('%s with an answer that cannot be read', async (path, details) => {
  const answer = { message: UNREADABLE, headers: [], trailers: [] };
  await expect(invoke(path, async () => answer)).rejects.toMatchObject({
    code: 'INTERNAL',
    details,
  });
});

// `findDetail` of the client runtime takes the first of a type.
test('that the outcome is unknown stands before what the backend told', async () => {
  const own = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'OUTCOME_UNKNOWN' };
  // google.rpc.Status {code: 4, details: [Any of ErrorInfo {reason: "VENUE_SLOW"}]}
  const told = Buffer.from(
    `0804${'1a38'}${'0a28'}${Buffer.from('type.googleapis.com/google.rpc.ErrorInfo').toString('hex')}${'120c'}${'0a0a'}${Buffer.from('VENUE_SLOW').toString('hex')}`,
    'hex',
  );
  const error = new WeirError('DEADLINE_EXCEEDED', 'too late', {
    origin: 'backend',
    answered: true,
    details: [own],
    statusDetails: told,
  });
  await expect(
    invoke('orders.v1.orderService.placeOrder', () => Promise.reject(error)),
  ).rejects.toMatchObject({
    answered: true,
    details: [{ reason: 'OUTCOME_UNKNOWN' }, { reason: 'VENUE_SLOW' }],
  });
});
