// Writes what is generated from the contracts: Weir's own options for the gateway, and the sample client.
// `--output <folder>` writes below another folder than this repository.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { output: { type: 'string', default: root } } });

const OPTIONS_TEMPLATE = {
  version: 'v2',
  clean: true,
  plugins: [
    {
      local: 'protoc-gen-es',
      out: 'src/contract/generated',
      opt: ['target=ts', 'import_extension=ts', 'erasable_syntax=true'],
    },
  ],
};

generate('--template', JSON.stringify(OPTIONS_TEMPLATE), '--path', 'proto/weir');
generate();

function generate(...args: string[]): void {
  const { status, error } = spawnSync('buf', ['generate', '--output', values.output, ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (error) console.error(`buf could not be started: ${error.message}`);
  if (status !== 0) process.exit(1);
}
