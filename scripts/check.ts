// The quick part of `npm test`: format, lint, types, and the tests that stand beside the code.
import { spawnSync } from 'node:child_process';

const STEPS = [
  ['biome', 'check', '--error-on-warnings', '.'],
  ['buf', 'lint'],
  ['tsc', '--project', '.'],
  ['tsc', '--project', 'examples/trading-screen'],
  ['tsc', '--project', 'bench/tsconfig.test.json'],
  ['vitest', 'run', '--dir', 'src'],
] as const;

for (const [program, ...args] of STEPS) {
  const { status } = spawnSync(program, args, { stdio: 'inherit' });
  if (status !== 0) {
    console.error(`\`${program} ${args.join(' ')}\` failed.`);
    process.exit(1);
  }
}
