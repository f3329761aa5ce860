import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

/** Builds the trading screen into `folder`. */
export function buildScreen(folder: string): void {
  const build = ['build', 'examples/trading-screen', '--outDir', folder, '--logLevel', 'warn'];
  const { status, stderr } = spawnSync('vite', build, {
    cwd: ROOT,
    encoding: 'utf8',
    // Vitest's `test` would get React's development build.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
}
