// The bench: every scenario, every subject, one table.
import { writeFileSync } from 'node:fs';
import { startBackend } from './backend.ts';
import { compileContract } from './contract.ts';
import { toJsonReport } from './json-report.ts';
import { type Options, parseOptions, select, USAGE } from './options.ts';
import { stopAll } from './pinned-process.ts';
import { prepare } from './prepare.ts';
import { toRatios } from './ratios.ts';
import { writeReadmeTable } from './readme-table.ts';
import { type Failure, type Run, runScenario } from './run-scenario.ts';
import { loadScenarios } from './scenarios.ts';
import { subjects as allSubjects } from './subjects.ts';
import { toTable } from './table.ts';

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') console.log(USAGE);
  else await bench(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await stopAll();
}

async function bench({ timing, quick, json, readme, ...names }: Options): Promise<void> {
  const scenarios = select('scenario', await loadScenarios(), names.scenarios).filter(
    ({ isSlow }) => !(isSlow && quick && names.scenarios.length === 0),
  );
  const subjects = select('subject', allSubjects, names.subjects);
  prepare();
  compileContract();
  const backend = await startBackend(new Set(scenarios.flatMap(({ calls }) => calls)));
  const runs: Run[] = [];
  const failures: Failure[] = [];
  for (const scenario of scenarios) {
    console.log(`${scenario.name}: ${scenario.about} …`);
    const invited = subjects.filter(
      ({ name, onlyWhereNamed }) => scenario.subjects?.includes(name) ?? !onlyWhereNamed,
    );
    const outcome = await runScenario(scenario, invited, backend, timing);
    runs.push(...outcome.runs);
    failures.push(...outcome.failures);
  }
  await backend.process.stop();

  const ratios = toRatios(scenarios, runs);
  const table = toTable(runs, ratios);
  console.log(`\n${table}`);
  for (const { scenario, subject } of failures) console.log(`Left out: ${subject} in ${scenario}.`);
  if (json !== undefined) writeFileSync(json, toJsonReport(timing, runs, ratios, failures));
  if (readme) writeReadmeTable(table, timing);
  if (failures.length > 0) process.exitCode = 1;
}
