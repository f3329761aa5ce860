import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/**
 * `@trpc/tanstack-react-query` wants one exact `@trpc/client`, which is seldom the newest. A frontend that
 * uses both can install ours only if our range holds that one.
 */

const ROOT = join(import.meta.dirname, '..', '..');
const PEERS = ['@trpc/client', '@trpc/server'];

function peersOf(folder: string): Record<string, string> {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')).peerDependencies;
}

const numbers = (version: string) => version.replace('^', '').split('.').map(Number);

test.each(['clients/runtime', 'clients/sample'])('%s goes with TanStack Query', (folder) => {
  const theirs = peersOf('node_modules/@trpc/tanstack-react-query');
  for (const peer of PEERS) {
    const range = peersOf(folder)[peer] ?? '';
    expect(range).toMatch(/^\^\d+\.\d+\.\d+$/);
    const [major = 0, ...rest] = numbers(range);
    const [wantedMajor, ...wanted] = numbers(theirs[peer] ?? '');
    expect(wantedMajor).toBe(major);
    const weight = ([minor = 0, patch = 0]: number[]) => minor * 10_000 + patch;
    expect(weight(wanted)).toBeGreaterThanOrEqual(weight(rest));
  }
});
