import { brokenPromises } from './broken-promises.ts';
import { TABLE_HEAD, tableRow } from './chaos-table.ts';
import { Cluster } from './cluster.ts';
import { SINGLE_FAULTS } from './fault.ts';
import { faultsOfOrders } from './ledger.ts';
import { startSteadyLoad } from './steady-load.ts';
import { runTrial, type Strike } from './trial.ts';
import { breaksIn } from './watcher.ts';

export interface ChaosOptions {
  /** Only faults whose name begins so. */
  readonly only: string;
  readonly pairs: boolean;
}

/** The long run; prints the table as it grows, and what was broken. Resolves to whether all held. */
export async function runChaos(options: ChaosOptions): Promise<boolean> {
  const cluster = await Cluster.start();
  await cluster.recovered();
  const load = startSteadyLoad(cluster.gateway);
  const broken: string[] = [];
  console.log(TABLE_HEAD);
  for (const strikes of plan(options)) {
    const report = await runTrial(cluster, load, strikes);
    console.log(tableRow(report));
    for (const sentence of brokenPromises(report)) {
      broken.push(sentence);
      console.log(`  BROKEN: ${sentence}`);
    }
  }
  for (const { sequences, ended } of load.watched) {
    if (ended !== undefined) broken.push(`a stream ended: ${ended}`);
    broken.push(...breaksIn(sequences));
  }
  await load.stop();
  broken.push(...faultsOfOrders(load.outcomes, cluster.executedOrders()));
  const code = await cluster.stop();
  if (code !== 0) broken.push(`the gateway ended with ${code}`);
  console.log(broken.length === 0 ? 'everything held' : `broken:\n${broken.join('\n')}`);
  return broken.length === 0;
}

/** Each fault on the next member, so that none is struck while it warms up; then each with the next fault. */
function plan({ only, pairs }: ChaosOptions): readonly (readonly Strike[])[] {
  const faults = SINGLE_FAULTS.filter(({ name }) => name.startsWith(only));
  const single = faults.map((fault, index) => [{ fault, index: index % 3 }]);
  if (!pairs) return single;
  const next = [...single.slice(1), ...single.slice(0, 1)];
  return [
    ...single,
    ...single.map((strikes, index) => [
      ...strikes,
      ...(next[index] ?? []).map(({ fault }) => ({ fault, index: (index + 1) % 3 })),
    ]),
  ];
}
