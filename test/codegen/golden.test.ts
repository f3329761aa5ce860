import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderClient } from '../../src/codegen/render-client.ts';
import { buildDescriptorSet } from './build-descriptor-set.ts';

const GOLDEN = join(import.meta.dirname, 'golden');
const CONTRACT = join(GOLDEN, 'contract');
const WEIR = join(import.meta.dirname, '..', '..', 'proto');
const EXPECTED = join(GOLDEN, 'expected');

// After an intended change: `vitest run test/codegen/golden.test.ts --update`, then read the difference.
const files = renderClient({
  descriptorSet: buildDescriptorSet(CONTRACT, WEIR),
  published: new Set(readdirSync(CONTRACT, { recursive: true, encoding: 'utf8' })),
  importExtension: 'ts',
});

test('the contract of nasty names becomes exactly the expected files', () => {
  const expected = readdirSync(EXPECTED, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  expect([...files.keys()].map((path) => join(EXPECTED, path)).sort()).toEqual(expected.sort());
});

test.each([...files.keys()])('%s', async (path) => {
  await expect(files.get(path)).toMatchFileSnapshot(join(EXPECTED, path));
});
