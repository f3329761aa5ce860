import { brokenByOutage, brokenPromises } from './broken-promises.ts';
import { renewal, untrusted } from './certificate-faults.ts';
import { outageLine, TABLE_HEAD, tableRow } from './chaos-table.ts';
import { Cluster, type ClusterOptions } from './cluster.ts';
import {
  type Fault,
  failing,
  kill,
  libelled,
  move,
  restartElsewhere,
  SINGLE_FAULTS,
} from './fault.ts';
import { faultsOfOrders } from './ledger.ts';
import { leftOvers } from './left-overs.ts';
import { namesFail } from './name-faults.ts';
import { runOutage } from './outage.ts';
import { readResources } from './process-resources.ts';
import { startSteadyLoad } from './steady-load.ts';
import { runTrial, type Strike } from './trial.ts';
import { breaksIn } from './watcher.ts';

export interface ChaosOptions {
  /** Only faults whose name begins so. */
  readonly only: string;
  readonly pairs: boolean;
}

interface Stage {
  readonly cluster: ClusterOptions;
  /** In pairs each goes with the next. */
  readonly faults: readonly Fault[];
  /** That strike all three at once, and leave nobody to serve. */
  readonly outages: readonly Fault[];
  /** That strike all three at once, and are to change nothing. */
  readonly everywhere: readonly Fault[];
}

const STAGES: readonly Stage[] = [
  { cluster: {}, faults: SINGLE_FAULTS, outages: [kill, failing], everywhere: [libelled] },
  {
    cluster: { dns: true, tls: true },
    faults: [namesFail, restartElsewhere, untrusted, move, renewal, kill],
    outages: [],
    everywhere: [],
  },
];

/** The long run; prints the table as it grows, and what was broken. Resolves to whether all held. */
export async function runChaos(options: ChaosOptions): Promise<boolean> {
  const broken: string[] = [];
  for (const stage of STAGES) broken.push(...(await runStage(select(stage, options), options)));
  console.log(broken.length === 0 ? 'everything held' : `broken:\n${broken.join('\n')}`);
  return broken.length === 0;
}

function select(stage: Stage, { only }: ChaosOptions): Stage {
  const chosen = (faults: readonly Fault[]) => faults.filter(({ name }) => name.startsWith(only));
  return {
    cluster: stage.cluster,
    faults: chosen(stage.faults),
    outages: chosen(stage.outages),
    everywhere: chosen(stage.everywhere),
  };
}

async function runStage(stage: Stage, options: ChaosOptions): Promise<readonly string[]> {
  const strikes = plan(stage, options);
  if (strikes.length === 0) return [];
  const broken: string[] = [];
  const tell = (sentences: readonly string[]) => {
    broken.push(...sentences);
    for (const sentence of sentences) console.log(`  BROKEN: ${sentence}`);
  };
  const cluster = await Cluster.start(stage.cluster);
  await cluster.recovered();
  const { tls, dns } = stage.cluster;
  console.log(`\n${dns ? 'DNS' : 'a file'}, ${tls ? 'mutual TLS' : 'plaintext'}\n\n${TABLE_HEAD}`);
  const before = await readResources(cluster.gateway.child);
  const load = startSteadyLoad(cluster.gateway);
  for (const each of strikes) {
    const report = await runTrial(cluster, load, each);
    console.log(tableRow(report));
    tell(brokenPromises(report));
  }
  for (const fault of stage.outages) {
    const report = await runOutage(cluster, load, fault);
    console.log(outageLine(fault.name, report));
    tell(brokenByOutage(report));
  }
  for (const { sequences, ended } of load.watched) {
    if (ended !== undefined) tell([`a stream ended: ${ended}`]);
    tell(breaksIn(sequences));
  }
  await load.stop();
  tell(faultsOfOrders(load.outcomes, cluster.executedOrders()));
  tell(await leftOvers(cluster.gateway.child, before));
  const code = await cluster.stop();
  if (code !== 0) tell([`the gateway ended with ${code}`]);
  return broken;
}

/** Each fault on the next member, so that none is struck while it warms up; then each with the next fault. */
function plan(
  { faults, everywhere }: Stage,
  { pairs }: ChaosOptions,
): readonly (readonly Strike[])[] {
  const single = faults.map((fault, index) => [{ fault, index: index % 3 }]);
  const all = everywhere.map((fault) => [0, 1, 2].map((index) => ({ fault, index })));
  if (!pairs || faults.length < 2) return [...single, ...all];
  const next = [...single.slice(1), ...single.slice(0, 1)];
  return [
    ...single,
    ...all,
    ...single.map((strikes, index) => [
      ...strikes,
      ...(next[index] ?? []).map(({ fault }) => ({ fault, index: (index + 1) % 3 })),
    ]),
  ];
}
