import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cluster, DETECTION_MS, KEEP_ALIVE_MS } from './cluster.ts';
import { kill9 } from './fault.ts';
import { faultsOfOrders } from './ledger.ts';
import { openDescriptors } from './process-resources.ts';
import { type SteadyLoad, startSteadyLoad } from './steady-load.ts';
import { runTrial } from './trial.ts';
import { breaksIn } from './watcher.ts';

/** A busy machine may let the test and the log line wait so long; the bound is 10 s and more without detection. */
const NOISE_MS = 1_000;

/**
 * A read that meets a failing endpoint waits for its attempt's 500 ms or for a backoff after another, all
 * else takes a few milliseconds: half of 500 is far from both.
 */
const NORMAL_P99_MS = 250;

let cluster: Cluster;
let load: SteadyLoad;
let descriptorsBefore: number;

beforeAll(async () => {
  cluster = await Cluster.start();
  await cluster.recovered();
  descriptorsBefore = openDescriptors(cluster.gateway.child.pid);
  load = startSteadyLoad({
    trpcUrl: cluster.gateway.trpcUrl,
    webSocketUrl: cluster.gateway.webSocketUrl,
    readsPerSecond: 200,
    ordersPerSecond: 20,
    streams: 9,
  });
});

describe('callers hardly notice', () => {
  test.each([[kill9]])('$name', async (fault) => {
    const [member] = cluster.members;
    if (member === undefined) throw new Error('a cluster without members');
    const report = await runTrial(cluster, load, fault, member);
    expect(report.readSuccess).toBeGreaterThanOrEqual(0.999);
    expect(report.detectionMs).toBeLessThan(DETECTION_MS + NOISE_MS);
    expect(report.settledP99Ms).toBeLessThan(NORMAL_P99_MS);
    expect(report.survivorLoad).toBeLessThanOrEqual(1.2);
  });
});

describe('in the end', () => {
  test('streams brought every message once, and were never silent longer than keep-alive', () => {
    for (const { sequences, longestSilenceMs, ended } of load.watched) {
      expect(ended).toBeUndefined();
      expect(sequences.length).toBeGreaterThan(0);
      expect(breaksIn(sequences)).toEqual([]);
      expect(longestSilenceMs).toBeLessThan(KEEP_ALIVE_MS + NOISE_MS);
    }
  });

  test('no order was executed twice, and none that was refused was executed', async () => {
    await load.stop();
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
