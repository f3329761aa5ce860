import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenPromises } from './broken-promises.ts';
import { Cluster } from './cluster.ts';
import { kill, stop } from './fault.ts';
import { faultsOfOrders } from './ledger.ts';
import { runOutage } from './outage.ts';
import { quantileMs, successShare } from './outcome.ts';
import { openDescriptors } from './process-resources.ts';
import { type SteadyLoad, startSteadyLoad } from './steady-load.ts';
import { runTrial } from './trial.ts';
import { breaksIn } from './watcher.ts';

// The quickest and the most treacherous faults; `npm run chaos` has all of them, and pairs.

let cluster: Cluster;
let load: SteadyLoad;
let descriptorsBefore: number;

beforeAll(async () => {
  cluster = await Cluster.start();
  await cluster.recovered();
  descriptorsBefore = openDescriptors(cluster.gateway.child.pid);
  load = startSteadyLoad(cluster.gateway);
});

describe('one backend fails, and callers hardly notice', () => {
  test.each([
    [kill.name, kill, 0],
    [stop.name, stop, 1],
  ] as const)('%s', { timeout: 60_000 }, async (_, fault, index) => {
    expect(brokenPromises(await runTrial(cluster, load, [{ fault, index }]))).toEqual([]);
  });
});

test('all backends die: calls fail within 50 ms meanwhile, and succeed again without a restart', async () => {
  const { meanwhile, after } = await runOutage(cluster, load, kill);
  // The median: to the gateway all these calls are alike, so it moves with any wait, and not with a busy machine.
  expect(quantileMs(meanwhile, 0.5)).toBeLessThan(50);
  expect(meanwhile.filter(({ ending }) => ending !== 'refused')).toEqual([]);
  expect(successShare(after)).toBeGreaterThanOrEqual(0.999);
}, 60_000);

describe('in the end', () => {
  test('streams brought every message, and once', () => {
    for (const { sequences, ended } of load.watched) {
      expect(ended).toBeUndefined();
      expect(sequences.length).toBeGreaterThan(0);
      expect(breaksIn(sequences)).toEqual([]);
    }
  });

  test('no order was executed twice, and none that was refused was executed', async () => {
    await load.stop();
    expect(load.outcomes.filter(({ kind }) => kind === 'order').length).toBeGreaterThan(0);
    expect(faultsOfOrders(load.outcomes, cluster.executedOrders())).toEqual([]);
  });

  test('nothing is left over', async () => {
    await expect
      .poll(() => openDescriptors(cluster.gateway.child.pid), { timeout: 10_000 })
      .toBeLessThanOrEqual(descriptorsBefore);
  });
});

afterAll(async () => {
  expect(await cluster.stop()).toBe(0);
});
