import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadContracts } from '../contract/load-contracts.ts';
import { explainUncarried } from './explain-uncarried.ts';

const { methods } = await loadContracts([
  { folder: join(import.meta.dirname, '..', '..', 'proto') },
]);

test('names methods that stream from the client, and options without effect', () => {
  expect(explainUncarried(methods.values())?.split('\n')).toEqual([
    expect.stringContaining('UNIMPLEMENTED'),
    '  orders.v1.orderService.importOrders',
    '  orders.v1.orderService.negotiate',
    '',
    expect.stringContaining('no effect'),
    '  market.v1.quoteService.watchQuotes: share, slow_consumer',
    '  orders.v1.orderService.watchExecutions: slow_consumer, queue',
  ]);
});

test('says nothing of contracts that are carried as they are', () => {
  const unary = [...methods.values()].filter(({ kind }) => kind === 'unary');
  expect(explainUncarried(unary)).toBeUndefined();
});
