import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import type { Fault } from './fault.ts';
import { type Outcome, sentWithin } from './outcome.ts';
import type { SteadyLoad } from './steady-load.ts';

const NOTICE_MS = 1_000;
const MEASURE_MS = 3_000;

/** No call may take longer. */
const LONGEST_CALL_MS = 3_000;

/** What callers saw while no backend was there, and when they were back. */
export interface OutageReport {
  /** Reads and orders sent when the gateway had had a second to notice. */
  readonly meanwhile: readonly Outcome[];
  /** From the moment that the backends were back to the first read that succeeded. */
  readonly firstAnswerMs: number;
  /** Reads that were sent in the three seconds after the gateway called every endpoint well. */
  readonly after: readonly Outcome[];
}

/** Every member fails at once, and all of them come back. */
export async function runOutage(
  cluster: Cluster,
  load: SteadyLoad,
  fault: Fault,
): Promise<OutageReport> {
  const struck = await Promise.all(cluster.members.map((each) => fault.strike(cluster, each)));
  const noticedAt = Math.max(...struck.map(({ at }) => at)) + NOTICE_MS;
  await sleep(noticedAt + MEASURE_MS - Date.now());
  const healingAt = Date.now();
  await Promise.all(struck.map(({ heal }) => heal()));
  const healedAt = Date.now();
  await cluster.recovered();
  const recoveredAt = Date.now();
  await sleep(MEASURE_MS + LONGEST_CALL_MS);

  const { outcomes } = load;
  const answered = sentWithin(outcomes, 'read', healingAt).filter(({ ending }) => ending === 'ok');
  return {
    meanwhile: (['read', 'order'] as const).flatMap((kind) =>
      sentWithin(outcomes, kind, noticedAt, healingAt),
    ),
    firstAnswerMs: Math.min(...answered.map(({ sentAt, tookMs }) => sentAt + tookMs)) - healedAt,
    after: sentWithin(outcomes, 'read', recoveredAt, recoveredAt + MEASURE_MS),
  };
}
