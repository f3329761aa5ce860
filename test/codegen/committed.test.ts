import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { renderClient } from '../../src/codegen/render-client.ts';
import { buildDescriptorSet } from './build-descriptor-set.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const fresh = mkdtempSync(join(tmpdir(), 'weir-generate-'));
afterAll(() => rmSync(fresh, { recursive: true }));

function readTree(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );
}

test('what is committed is what `npm run generate` writes', () => {
  const run = spawnSync(process.execPath, ['scripts/generate.ts', '--output', fresh], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(run.stderr).toBe('');
  expect(run.status).toBe(0);
  for (const folder of ['src/contract/generated', 'clients/sample/src/generated']) {
    const written = readTree(join(fresh, folder));
    expect(Object.keys(written).length).toBeGreaterThan(0);
    expect(readTree(join(ROOT, folder))).toEqual(written);
  }
});

test('without `buf generate`, from a descriptor set, the same client comes out', () => {
  const files = renderClient({
    descriptorSet: buildDescriptorSet(join(ROOT, 'proto')),
    importExtension: 'ts',
  });
  expect(Object.fromEntries([...files].sort())).toEqual(
    readTree(join(ROOT, 'clients/sample/src/generated')),
  );
});
