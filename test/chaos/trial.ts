import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, Member } from './cluster.ts';
import type { Fault } from './fault.ts';
import { type Outcome, quantileMs, sentWithin, successShare } from './outcome.ts';
import type { SteadyLoad } from './steady-load.ts';

/** How long after an ejection, or after a fault that ejects nobody, calls must be as fast as before. */
const SETTLE_MS = 2_000;
const MEASURE_MS = 2_000;

/** What the callers saw of a fault, from its first moment until all endpoints served again. */
export interface TrialReport {
  readonly reads: readonly Outcome[];
  readonly orders: readonly Outcome[];
  readonly readSuccess: number;
  /** From the fault to the ejection; undefined for faults that eject nobody. */
  readonly detectionMs: number | undefined;
  readonly calmP99Ms: number;
  /** From two seconds after the ejection until the fault ended. */
  readonly settledP99Ms: number;
  /** Attempts that reached the other members for each call that callers made, while the fault lasted. */
  readonly survivorLoad: number;
}

export async function runTrial(
  cluster: Cluster,
  load: SteadyLoad,
  fault: Fault,
  member: Member,
): Promise<TrialReport> {
  const calmSince = Date.now();
  await sleep(MEASURE_MS);

  const others = cluster.members.filter((each) => each !== member);
  const { address } = member.proxy;
  const arrivedBefore = await readArrivals(others);
  const struckAt = Date.now();
  const heal = await fault.strike(cluster, member);
  const ejectedAt = fault.ejects ? await cluster.ejectionOf(address, struckAt) : undefined;
  const settledAt = (ejectedAt ?? struckAt) + SETTLE_MS;
  await sleep(settledAt + MEASURE_MS - Date.now());
  const arrived = (await readArrivals(others)) - arrivedBefore;
  const healedAt = Date.now();
  await heal();
  await cluster.recovered();
  const endedAt = Date.now();
  // Until those that were sent by then have ended; none may take longer.
  await sleep(3_000);

  const { outcomes } = load;
  const reads = sentWithin(outcomes, 'read', struckAt, endedAt);
  return {
    reads,
    orders: sentWithin(outcomes, 'order', struckAt, endedAt),
    readSuccess: successShare(reads),
    detectionMs: ejectedAt === undefined ? undefined : ejectedAt - struckAt,
    calmP99Ms: quantileMs(sentWithin(outcomes, 'read', calmSince, struckAt), 0.99),
    settledP99Ms: quantileMs(sentWithin(outcomes, 'read', settledAt, healedAt), 0.99),
    survivorLoad: arrived / sentWithin(outcomes, 'read', struckAt, healedAt).length,
  };
}

async function readArrivals(members: readonly Member[]): Promise<number> {
  const arrivals = await Promise.all(members.map(({ backend }) => backend.arrivals()));
  return arrivals.reduce((sum, { reads }) => sum + reads, 0);
}
