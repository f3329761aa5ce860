import { describe, expect, test } from 'vitest';
import type { RetryPolicy } from '../../src/contract/policy.ts';
import { failureShare, type Phase, percentile, Simulation } from './simulation.ts';

const READS: RetryPolicy = {
  maxAttempts: 3,
  codes: ['UNAVAILABLE'],
  initialBackoffMs: 25,
  maxBackoffMs: 250,
  perTryTimeoutMs: 1_000,
};

async function start(options: ConstructorParameters<typeof Simulation>[0]) {
  const simulation = new Simulation({ retry: READS, ...options });
  await simulation.start();
  return simulation;
}

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

describe('a million calls to a thousand endpoints', { timeout: 300_000 }, () => {
  test('are balanced, and through faults of tens of endpoints hardly one fails', async () => {
    const simulation = await start({
      seed: 20_260_101,
      endpoints: 1_000,
      config: { outlierDetection: { interval: '2s', minRequests: 50 } },
    });
    const { backends } = simulation;

    const healthy = await simulation.run(400_000, 100_000);
    expect(failureShare(healthy)).toBe(0);
    // 400 each on average. Drawn blindly, the extremes of a thousand would be near 335 and 470.
    expect(Math.min(...healthy.arrived)).toBeGreaterThan(340);
    expect(Math.max(...healthy.arrived)).toBeLessThan(460);

    for (const backend of backends.slice(0, 20)) backend.failureRate = 0.3;
    const beganAt = simulation.time.now();
    const flaky = await simulation.run(400_000, 100_000);
    expect(failureShare(flaky)).toBeLessThan(0.001);
    const ejected = new Set(simulation.ejections.map(({ position }) => position));
    // Each of the twenty by the second look at the latest, and nobody else; breakers caught the others first.
    expect([...ejected].every((position) => position < 20)).toBe(true);
    expect(ejected.size).toBeGreaterThan(10);
    expect(Math.max(...simulation.ejections.map(({ at }) => at - beganAt))).toBeLessThan(4_100);

    for (const backend of backends.slice(500, 600)) backend.condition = 'refusing';
    const killed = await simulation.run(200_000, 100_000);
    expect(failureShare(killed)).toBeLessThan(0.001);
    expect(percentile(killed, 0.99)).toBeLessThan(1.5 * percentile(healthy, 0.99));
    // Five failures open a breaker; then nobody knocks but a few probes.
    const knocked = total(backends.slice(500, 600).map(({ knocked }) => knocked));
    expect(knocked / 100).toBeLessThan(5 + 3);
  });
});

describe('one endpoint five times slower than the others', { timeout: 60_000 }, () => {
  test.each([
    { endpoints: 1_000, callsPerSecond: 100_000 },
    { endpoints: 10, callsPerSecond: 2_000 },
    { endpoints: 10, callsPerSecond: 50 },
    { endpoints: 3, callsPerSecond: 500 },
  ])(
    '$endpoints endpoints at $callsPerSecond calls/s: P99 stays within 1.5 × of the healthy pool',
    async ({ endpoints, callsPerSecond }) => {
      const simulation = await start({ seed: 7, endpoints });
      const healthy = await simulation.run(50_000, callsPerSecond);
      const [slow] = simulation.backends;
      if (slow === undefined) throw new Error('no backend');
      slow.serviceMs *= 5;
      const oneSlow = await simulation.run(50_000, callsPerSecond);
      expect(percentile(oneSlow, 0.99)).toBeLessThan(1.5 * percentile(healthy, 0.99));
      // Not left out for good, or nobody would learn that it recovered.
      expect(oneSlow.arrived[0]).toBeGreaterThan(0);
    },
  );
});

describe('retries do not multiply the load', { timeout: 60_000 }, () => {
  test.each([
    { failing: 1, failureRate: 1 },
    { failing: 1, failureRate: 0.3 },
    { failing: 2, failureRate: 0.3 },
    { failing: 3, failureRate: 0.3 },
    { failing: 3, failureRate: 1 },
  ])(
    '$failing of three failing $failureRate of their calls: at most 1.2 attempts a call',
    async ({ failing, failureRate }) => {
      const simulation = await start({ seed: 11, endpoints: 3 });
      await simulation.run(20_000, 1_000);
      for (const backend of simulation.backends.slice(0, failing))
        backend.failureRate = failureRate;
      const phase = await simulation.run(20_000, 1_000);
      expect(total(phase.arrived) / phase.calls).toBeLessThanOrEqual(1.2);
    },
  );

  test('one of three failing three calls in ten is made up for', async () => {
    const simulation = await start({ seed: 12, endpoints: 3 });
    for (const backend of simulation.backends.slice(0, 1)) backend.failureRate = 0.3;
    // Two of them can carry this rate, which matters as soon as the breaker of the third opens.
    expect(failureShare(await simulation.run(50_000, 500))).toBeLessThan(0.001);
  });
});

test('one of three that hangs costs its own calls one time-out each, until its breaker opens', async () => {
  const simulation = await start({ seed: 13, endpoints: 3 });
  await simulation.run(5_000, 500);
  for (const backend of simulation.backends.slice(0, 1)) backend.condition = 'hung';
  const phase = await simulation.run(50_000, 500);
  expect(failureShare(phase)).toBeLessThan(0.001);
  expect(percentile(phase, 0.99)).toBeLessThan(150);
  expect(phase.latencies.at(-1)).toBeLessThan(2_000);
});

describe('reads that are hedged, not retried', { timeout: 60_000 }, () => {
  const HEDGED = { maxAttempts: 2, nonFatalCodes: ['UNAVAILABLE'] } as const;
  const startHedged = (seed: number, hedgingDelayMs: number) =>
    start({ seed, endpoints: 3, retry: undefined, hedging: { ...HEDGED, hedgingDelayMs } });

  test.each([10, 100])(
    'one of three that hangs is found out, though others answer all of its calls (%d a second)',
    async (callsPerSecond) => {
      const simulation = await startHedged(16, 50);
      await simulation.run(10 * callsPerSecond, callsPerSecond);
      for (const backend of simulation.backends.slice(0, 1)) backend.condition = 'hung';
      const hungAt = simulation.time.now();
      const phase = await simulation.run(60 * callsPerSecond, callsPerSecond);
      expect(failureShare(phase)).toBe(0);
      const [first] = simulation.openings;
      expect(first?.position).toBe(0);
      // Five deadlines that pass one after the other are the worst.
      expect(first?.at).toBeLessThan(hungAt + 5 * 5_000);
      // Found out, it gets a few probes; a third of the calls went there before.
      const found = await simulation.run(60 * callsPerSecond, callsPerSecond);
      expect(found.arrived[0]).toBeLessThan(0.05 * found.calls);
    },
  );

  test('endpoints that answer are never suspected, however soon their calls are hedged', async () => {
    const simulation = await startHedged(17, 5);
    for (const callsPerSecond of [5, 50, 500]) {
      expect(failureShare(await simulation.run(5_000, callsPerSecond))).toBe(0);
    }
    expect(simulation.openings).toEqual([]);
  });
});

test('all endpoints down: calls fail at once; and up again: they are served without a restart', async () => {
  const simulation = await start({ seed: 14, endpoints: 3 });
  await simulation.run(5_000, 500);
  for (const backend of simulation.backends) backend.condition = 'refusing';
  const down = await simulation.run(10_000, 500);
  expect([...down.failures]).toEqual([['UNAVAILABLE', 10_000]]);
  // A few wait between attempts until the breakers open; from then on nobody does.
  expect(percentile(down, 0.99)).toBeLessThan(50);
  for (const backend of simulation.backends) backend.condition = 'serving';
  // The longest that a breaker stays open, and then its ramp.
  await simulation.run(15_000, 500);
  expect(failureShare(await simulation.run(10_000, 500))).toBe(0);
});

test('asked for twice what it can serve, a pool with adaptive concurrency still serves most of what it can', async () => {
  const simulation = await start({
    seed: 15,
    endpoints: 3,
    timeoutMs: 500,
    retry: undefined,
    config: { adaptiveConcurrency: {} },
  });
  // Three backends with four workers at 10 ms a call serve 1,200 calls/s.
  const phase = await simulation.run(50_000, 2_400);
  expect(failureShare(phase)).toBeLessThan(0.6);
  expect(phase.failures.keys().toArray()).toEqual(['RESOURCE_EXHAUSTED']);
  expect(percentile(phase, 0.99)).toBeLessThan(500);
});

test('the same seed unfolds the same way, call by call, and another does not', async () => {
  const unfold = async (seed: number): Promise<Phase> => {
    const simulation = await start({ seed, endpoints: 20 });
    for (const backend of simulation.backends.slice(0, 5)) backend.failureRate = 0.5;
    return simulation.run(20_000, 5_000);
  };
  const first = await unfold(1);
  expect(await unfold(1)).toEqual(first);
  expect((await unfold(2)).arrived).not.toEqual(first.arrived);
});
