import { json } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createProfiler } from './profiler.ts';

const NOBODY_LEAVES = new AbortController().signal;

test('a CPU profile names the function that was busy', async () => {
  const profiler = createProfiler();
  const recorded = profiler.record('cpu', 200, NOBODY_LEAVES);
  await new Promise(setImmediate);
  busyFor(100);
  const profile = JSON.parse(await recorded);
  expect(profile).toMatchObject({
    startTime: expect.any(Number),
    endTime: expect.any(Number),
    samples: expect.any(Array),
    timeDeltas: expect.any(Array),
  });
  const names = profile.nodes.map(
    (node: { callFrame: { functionName: string } }) => node.callFrame,
  );
  expect(names).toContainEqual(expect.objectContaining({ functionName: 'busyFor' }));
});

test('an allocation profile has a tree of who allocated', async () => {
  const profile = JSON.parse(await createProfiler().record('allocations', 20, NOBODY_LEAVES));
  expect(profile).toMatchObject({ head: { callFrame: { functionName: '(root)' } } });
});

test('a heap snapshot is one that DevTools read', async () => {
  const snapshot = await json(createProfiler().snapshot());
  expect(snapshot).toMatchObject({ snapshot: { meta: { node_types: expect.any(Array) } } });
});

test('there is one at a time, and the next may come when it is done', async () => {
  const profiler = createProfiler();
  const first = profiler.record('cpu', 50, NOBODY_LEAVES);
  await expect(profiler.record('cpu', 50, NOBODY_LEAVES)).rejects.toMatchObject({
    code: 'ABORTED',
  });
  expect(() => profiler.snapshot()).toThrow(/Wait until it is done/);
  await first;
  await expect(profiler.record('allocations', 1, NOBODY_LEAVES)).resolves.toContain('head');
});

test('who leaves ends it', async () => {
  const profiler = createProfiler();
  const leaving = new AbortController();
  const recorded = profiler.record('cpu', 60_000, leaving.signal);
  leaving.abort();
  await expect(recorded).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(profiler.record('cpu', 1, NOBODY_LEAVES)).resolves.toContain('nodes');
});

function busyFor(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
