// Everything that is shipped as built files: the client packages, the gateway, the trading screen.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

interface Step {
  readonly output: string;
  readonly command: readonly [program: string, ...args: string[]];
}

// The order matters: the sample client is checked against what the runtime ships.
const STEPS: readonly Step[] = [
  { output: 'clients/runtime/dist', command: ['tsc', '-p', 'clients/runtime'] },
  { output: 'clients/sample/dist', command: ['tsc', '-p', 'clients/sample'] },
  { output: 'dist', command: ['tsc', '-p', 'tsconfig.build.json'] },
  {
    output: 'examples/trading-screen/dist',
    command: ['vite', 'build', 'examples/trading-screen', '--logLevel', 'warn'],
  },
];

for (const { output, command } of STEPS) {
  rmSync(join(root, output), { recursive: true, force: true });
  const [program, ...args] = command;
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  if (error) console.error(`${program} could not be started: ${error.message}`);
  if (status !== 0) {
    console.error(`\`${command.join(' ')}\` failed.`);
    process.exit(1);
  }
  console.log(`built ${output}`);
}
