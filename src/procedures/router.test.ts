import { TRPCError } from '@trpc/server';
import { expect, test } from 'vitest';
import { createSampleTable } from '../../test/fronts/sample-table.ts';
import { createRouter, createRouterContext } from './router.ts';

interface Caller {
  readonly sample: {
    readonly v1: Record<'echo' | 'fail' | 'hang', Record<'get' | 'put', Call>> & {
      readonly tracked: { watch(input: unknown): Promise<AsyncIterable<unknown>> };
    };
  };
}
type Call = (input?: unknown) => Promise<unknown>;

function createCaller(signal?: AbortSignal) {
  const sample = createSampleTable();
  const router = createRouter(sample.table);
  const context = createRouterContext({
    requestId: 'r1',
    wire: 'caller',
    headers: { authorization: 'Bearer t' },
    peer: { address: '10.0.0.1' },
  });
  // The router is made at run time, so its types know no path.
  const caller = router.createCaller(context, signal && { signal }) as unknown as Caller;
  return { ...sample, router, caller };
}

test('createCaller reaches queries and mutations', async () => {
  const { caller, log } = createCaller();
  expect(await caller.sample.v1.echo.get({ a: 1 })).toEqual({ input: { a: 1 }, text: 'käse ✓' });
  expect(await caller.sample.v1.echo.put([1])).toEqual({ input: [1], text: 'käse ✓' });
  expect(log.calls[0]).toMatchObject({
    id: 'r1',
    wire: 'caller',
    input: { a: 1 },
    headers: { authorization: 'Bearer t' },
    peer: { address: '10.0.0.1' },
  });
});

test('a failure is a TRPCError whose cause is the WeirError', async () => {
  const { caller } = createCaller();
  const failure = caller.sample.v1.fail.get();
  await expect(failure).rejects.toBeInstanceOf(TRPCError);
  await expect(failure).rejects.toMatchObject({
    code: 'NOT_FOUND',
    cause: { name: 'WeirError', code: 'NOT_FOUND', details: [{ reason: 'GONE' }] },
  });
});

test('a subscription takes its resume id out of the input', async () => {
  const { caller, log } = createCaller();
  const stream = await caller.sample.v1.tracked.watch({ length: 3, lastEventId: '2' });
  const items: unknown[] = [];
  for await (const item of stream) items.push(item);
  expect(items).toMatchObject([expect.arrayContaining(['3', { n: 3 }])]);
  expect(log.calls[0]).toMatchObject({ input: { length: 3 }, lastEventId: '2' });
});

test('an aborted signal cancels the call', async () => {
  const abort = new AbortController();
  const { caller, log, until } = createCaller(abort.signal);
  const hanging = caller.sample.v1.hang.get();
  await until(({ calls }) => calls.length === 1);
  abort.abort();
  await expect(hanging).rejects.toMatchObject({ code: 'CLIENT_CLOSED_REQUEST' });
  expect(log.cancelled).toEqual(['sample.v1.hang.get']);
});

test('paths stand in the router as the table has them', () => {
  const { router, table } = createCaller();
  expect(Object.keys(router._def.procedures).sort()).toEqual([...table.keys()].sort());
});
