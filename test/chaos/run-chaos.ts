import { brokenByOutage, brokenPromises } from './broken-promises.ts';
import { renewal, untrusted } from './certificate-faults.ts';
import { type Pairs, pairedStrikes, singleStrikes, strikesOnAll } from './chaos-plan.ts';
import { nameOf, outageLine, pairsLine, TABLE_HEAD, tableRow } from './chaos-table.ts';
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
import { runTrial, type Strike, type TrialReport } from './trial.ts';
import { breaksIn } from './watcher.ts';

export interface ChaosOptions {
  /** Only faults whose name begins with one of these. */
  readonly only: readonly string[];
  readonly pairs: Pairs;
}

interface Stage {
  readonly cluster: ClusterOptions;
  /** For the table; empty for the plainest. */
  readonly name: string;
  readonly faults: readonly Fault[];
  /** That strike all three at once, and leave nobody to serve. */
  readonly outages: readonly Fault[];
  /** That strike all three at once, and are to change nothing. */
  readonly everywhere: readonly Fault[];
}

const STAGES: readonly Stage[] = [
  {
    cluster: {},
    name: '',
    faults: SINGLE_FAULTS,
    outages: [kill, failing],
    everywhere: [libelled],
  },
  {
    cluster: { dns: true, tls: true },
    name: 'DNS and mutual TLS',
    faults: [namesFail, restartElsewhere, untrusted, move, renewal, kill],
    outages: [],
    everywhere: [],
  },
];

/** What a run found, as `docs/chaos.md` shows it. */
interface Findings {
  readonly rows: string[];
  readonly pairs: TrialReport[];
  readonly outages: string[];
  readonly broken: string[];
}

/** The long run; prints what it finds as it goes, and in the end the part of `docs/chaos.md`. Resolves to whether all held. */
export async function runChaos(options: ChaosOptions): Promise<boolean> {
  const findings: Findings = { rows: [], pairs: [], outages: [], broken: [] };
  for (const stage of STAGES) await runStage(select(stage, options), options.pairs, findings);
  const { rows, pairs, outages, broken } = findings;
  console.log(`\n${[TABLE_HEAD, ...rows].join('\n')}\n`);
  for (const line of [...(pairs.length > 0 ? [pairsLine(pairs)] : []), ...outages]) {
    console.log(`${line}\n`);
  }
  console.log(broken.length === 0 ? 'everything held' : `broken:\n${broken.join('\n')}`);
  return broken.length === 0;
}

function select(stage: Stage, { only }: ChaosOptions): Stage {
  const chosen = (faults: readonly Fault[]) =>
    faults.filter(({ name }) => only.length === 0 || only.some((start) => name.startsWith(start)));
  return {
    ...stage,
    faults: chosen(stage.faults),
    outages: chosen(stage.outages),
    everywhere: chosen(stage.everywhere),
  };
}

async function runStage(stage: Stage, pairs: Pairs, findings: Findings): Promise<void> {
  const { faults, outages, everywhere } = stage;
  if (faults.length + outages.length + everywhere.length === 0) return;
  const tell = (about: string, sentences: readonly string[]) => {
    findings.broken.push(...sentences.map((sentence) => `${about}: ${sentence}`));
    for (const sentence of sentences) console.log(`  BROKEN: ${sentence}`);
  };
  const cluster = await Cluster.start(stage.cluster);
  await cluster.recovered();
  const before = await readResources(cluster.gateway.child);
  const load = startSteadyLoad(cluster.gateway);

  async function strike(strikes: readonly Strike[]): Promise<{ row: string; report: TrialReport }> {
    const report = await runTrial(cluster, load, strikes);
    const row = tableRow(report, stage.name);
    console.log(row);
    tell(nameOf(report), brokenPromises(report));
    return { row, report };
  }

  for (const strikes of [...singleStrikes(faults), ...strikesOnAll(everywhere)]) {
    findings.rows.push((await strike(strikes)).row);
  }
  for (const strikes of pairedStrikes(faults, pairs)) {
    findings.pairs.push((await strike(strikes)).report);
  }
  for (const fault of outages) {
    const report = await runOutage(cluster, load, fault);
    const line = outageLine(fault.name, report);
    findings.outages.push(line);
    console.log(line);
    tell(`all three: ${fault.name}`, brokenByOutage(report));
  }
  for (const { sequences, ended } of load.watched) {
    if (ended !== undefined) tell('in the end', [`a stream ended: ${ended}`]);
    tell('in the end', breaksIn(sequences));
  }
  await load.stop();
  tell('in the end', faultsOfOrders(load.outcomes, cluster.executedOrders()));
  tell('in the end', await leftOvers(cluster.gateway.child, before));
  const code = await cluster.stop();
  if (code !== 0) tell('in the end', [`the gateway ended with ${code}`]);
}
