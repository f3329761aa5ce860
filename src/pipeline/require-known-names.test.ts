import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { toConfig } from '../config/load-config.ts';
import { loadContracts } from '../contract/load-contracts.ts';
import type { ContractSnapshot } from '../contract/snapshot.ts';
import { requireKnownNames } from './require-known-names.ts';

const folder = join(import.meta.dirname, '..', '..');
let snapshot: ContractSnapshot;

beforeAll(async () => {
  snapshot = await loadContracts([{ folder: join(folder, 'proto') }]);
});

function check(changes: object): void {
  const tree = {
    contracts: [{ folder: 'proto' }],
    upstreams: { market: { endpoints: ['127.0.0.1:1'] }, orders: { endpoints: ['127.0.0.1:1'] } },
    ...changes,
  };
  requireKnownNames(snapshot, toConfig(tree, { file: 'weir.yaml', folder }));
}

test('names that are there pass', () => {
  const rule = { roles: ['viewer'] };
  check({
    auth: {
      access: { 'market.v1.QuoteService/*': rule, 'orders.v1.OrderService/PlaceOrder': rule },
      toBackend: { orders: { identity: 'token' } },
    },
    telemetry: {
      traces: { url: 'http://127.0.0.1:1', methods: { 'market.v1.quoteService.getQuote': 1 } },
    },
  });
});

test.each([
  [
    'a rule for a misspelt service',
    { auth: { access: { 'market.v1.QuoteServce/*': { roles: ['viewer'] } } } },
    'auth.access: there is no method or service "market.v1.QuoteServce/*"; did you mean "market.v1.QuoteService/*"?',
  ],
  [
    'a rule for a method by its procedure name',
    { auth: { access: { 'orders.v1.OrderService/placeOrder': 'public' } } },
    'auth.access: there is no method or service "orders.v1.OrderService/placeOrder"; did you mean "orders.v1.OrderService/PlaceOrder"?',
  ],
  [
    'an identity for an upstream that is not there',
    { auth: { toBackend: { billing: { identity: 'none' } } } },
    'auth.toBackend: there is no upstream "billing"',
  ],
  [
    'traces of a method that is not there',
    { telemetry: { traces: { url: 'http://127.0.0.1:1', methods: { getQuote: 1 } } } },
    'telemetry.traces.methods: there is no procedure "getQuote"',
  ],
])('%s', (_, changes, problem) => {
  expect(() => check(changes)).toThrow(
    `The configuration speaks of what is not there:\n  ${problem}`,
  );
});
