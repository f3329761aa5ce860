import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, Member } from './cluster.ts';
import type { Fault } from './fault.ts';
import { type Outcome, quantileMs, sentWithin } from './outcome.ts';
import type { SteadyLoad } from './steady-load.ts';
import { longestSilenceMs } from './watcher.ts';

/** How long after an ejection, or after a fault that ejects nobody, calls must be as fast as before. */
const SETTLE_MS = 2_000;
const MEASURE_MS = 2_000;

/** No call may take longer. */
const LONGEST_CALL_MS = 3_000;

export interface Strike {
  readonly fault: Fault;
  /** Of the member that it strikes. */
  readonly index: number;
}

/** What the callers saw of faults that came together, from the first moment until all endpoints served again. */
export interface TrialReport {
  readonly struckAt: number;
  readonly faults: readonly Fault[];
  /** No member was spared. */
  readonly everywhere: boolean;
  readonly reads: readonly Outcome[];
  readonly orders: readonly Outcome[];
  /** From each fault until its endpoint was taken out or left aside; undefined for faults that do neither. */
  readonly detectionsMs: readonly (number | undefined)[];
  readonly calmP99Ms: number;
  /** From two seconds after the last ejection until the faults ended. */
  readonly settledP99Ms: number;
  /** In that time, attempts after the first for each read. */
  readonly settledRetries: number;
  /** Attempts that reached the other members for each call that callers made, while the faults lasted. */
  readonly survivorLoad: number;
  readonly interruptions: number;
  readonly longestSilenceMs: number;
}

export async function runTrial(
  cluster: Cluster,
  load: SteadyLoad,
  strikes: readonly Strike[],
): Promise<TrialReport> {
  const calmSince = Date.now();
  await sleep(MEASURE_MS);

  const survivors = cluster.members.filter((_, at) => strikes.every(({ index }) => index !== at));
  const arrivedBefore = await readArrivals(survivors);
  const struckAt = Date.now();
  const underWay = await Promise.all(
    strikes.map(async ({ fault, index }) => {
      const member = cluster.member(index);
      const { address } = member.proxy;
      const { at, heal } = await fault.strike(cluster, member);
      if (fault.detectionMs === undefined) return { at, heal, detectedMs: undefined };
      const noticedAt = fault.leavesAside
        ? await leftAsideAt(member)
        : await cluster.ejectionOf(address, struckAt);
      return { at, heal, detectedMs: noticedAt - at };
    }),
  );
  const noticedAt = Math.max(...underWay.map(({ at, detectedMs = 0 }) => at + detectedMs));
  // Some faults take their time to strike in full.
  const settledAt = Math.max(noticedAt + SETTLE_MS, Date.now());
  await sleep(settledAt - Date.now());
  const retriedBefore = await cluster.retries();
  await sleep(settledAt + MEASURE_MS - Date.now());
  const retried = (await cluster.retries()) - retriedBefore;
  const arrived = (await readArrivals(survivors)) - arrivedBefore;
  const healedAt = Date.now();
  await Promise.all(underWay.map(({ heal }) => heal()));
  await cluster.recovered();
  const endedAt = Date.now();
  await sleep(LONGEST_CALL_MS);

  const { outcomes, watched } = load;
  return {
    struckAt,
    faults: strikes.map(({ fault }) => fault),
    everywhere: survivors.length === 0,
    reads: sentWithin(outcomes, 'read', struckAt, endedAt),
    orders: sentWithin(outcomes, 'order', struckAt, endedAt),
    detectionsMs: underWay.map(({ detectedMs }) => detectedMs),
    calmP99Ms: quantileMs(sentWithin(outcomes, 'read', calmSince, struckAt), 0.99),
    settledP99Ms: quantileMs(sentWithin(outcomes, 'read', settledAt, healedAt), 0.99),
    settledRetries: retried / sentWithin(outcomes, 'read', settledAt, healedAt).length,
    survivorLoad: arrived / sentWithin(outcomes, 'read', struckAt, healedAt).length,
    interruptions: watched
      .flatMap(({ interruptedAt }) => interruptedAt)
      .filter((at) => at >= struckAt).length,
    longestSilenceMs: Math.max(
      ...watched.map((each) => longestSilenceMs(each, struckAt, Date.now())),
    ),
  };
}

/** Of the 33 reads that a third of the load is in that time. */
const FEW_READS = 3;
const LOOK_MS = 500;
const PATIENCE_MS = 30_000;

/** When a member began to get hardly any reads, milliseconds since the Unix epoch. */
async function leftAsideAt(member: Member): Promise<number> {
  const until = Date.now() + PATIENCE_MS;
  for (let before = await readArrivals([member]); Date.now() < until; ) {
    const lookedAt = Date.now();
    await sleep(LOOK_MS);
    const now = await readArrivals([member]);
    if (now - before <= FEW_READS) return lookedAt;
    before = now;
  }
  throw new Error(`${member.name} still gets its share of the reads`);
}

async function readArrivals(members: readonly Member[]): Promise<number> {
  const arrivals = await Promise.all(members.map(({ backend }) => backend.arrivals()));
  return arrivals.reduce((sum, { reads }) => sum + reads, 0);
}
