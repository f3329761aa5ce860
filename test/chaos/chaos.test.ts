import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenByOutage, brokenPromises } from './broken-promises.ts';
import { Cluster } from './cluster.ts';
import { kill, stop } from './fault.ts';
import { faultsOfOrders } from './ledger.ts';
import { leftOvers } from './left-overs.ts';
import { runOutage } from './outage.ts';
import { type Resources, readResources } from './process-resources.ts';
import { type SteadyLoad, startSteadyLoad } from './steady-load.ts';
import { runTrial } from './trial.ts';
import { breaksIn } from './watcher.ts';

// The quickest and the most treacherous faults; `npm run chaos` has all of them, and pairs.

let cluster: Cluster;
let load: SteadyLoad;
let before: Resources;

beforeAll(async () => {
  cluster = await Cluster.start();
  await cluster.recovered();
  before = await readResources(cluster.gateway.child);
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
  expect(brokenByOutage(await runOutage(cluster, load, kill))).toEqual([]);
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
    expect(await leftOvers(cluster.gateway.child, before)).toEqual([]);
  });
});

afterAll(async () => {
  expect(await cluster.stop()).toBe(0);
});
