// Everything that must hold, in one run; the last line counts it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHECKS = [
  ['format and lint', 'biome', 'check', '--error-on-warnings', '.'],
  ['contract lint', 'buf', 'lint'],
  ['types', 'tsc', '--project', '.'],
  ['types of the trading screen', 'tsc', '--project', 'examples/trading-screen'],
  ['types of the bench', 'tsc', '--project', 'bench/tsconfig.test.json'],
] as const;

const results = mkdtempSync(join(tmpdir(), 'weir-test-'));
const report = join(results, 'vitest.json');
const failures: string[] = [];
let passed = 0;
let failed = 0;

for (const [title, program, ...args] of CHECKS) {
  console.log(`\n${title}: ${program} ${args.join(' ')}`);
  count(title, run(program, args) === 0);
}

const only = process.argv.slice(2);
const status = run('vitest', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...only,
]);
const totals = readTotals();
passed += totals.passed;
failed += totals.failed;
if (totals.failed > 0) failures.push('tests');
if (status !== 0 && totals.failed === 0) count('the test run beside its tests', false);
rmSync(results, { recursive: true });

if (failures.length > 0) console.log(`\nFailed: ${failures.join(', ')}.`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function run(program: string, args: readonly string[]): number {
  const { status: code, error } = spawnSync(program, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error) console.error(error.message);
  return code ?? 1;
}

function count(title: string, ok: boolean): void {
  if (ok) {
    passed += 1;
  } else {
    failed += 1;
    failures.push(title);
  }
}

function readTotals(): { passed: number; failed: number } {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: Number(numPassedTests), failed: Number(numFailedTests) };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
