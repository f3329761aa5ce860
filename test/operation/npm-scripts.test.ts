import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';

const { scripts } = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
);

const folder = mkdtempSync(join(tmpdir(), 'weir-npm-scripts-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A set-up that installs, as its Node, a program that only says it ran. */
const SETUP = `
import { mkdirSync, writeFileSync } from 'node:fs';
mkdirSync('node_modules/.bin', { recursive: true });
writeFileSync('node_modules/.bin/node', '#!/bin/sh\\necho "pinned node: $1"\\n', { mode: 0o755 });
`;

beforeEach(() => {
  rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
  mkdirSync(join(folder, 'scripts'), { recursive: true });
  writeFileSync(join(folder, 'scripts', 'setup.mjs'), SETUP);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'clone', scripts }));
});

// A shell remembers where it found a program, and on a fresh clone Node is found before ours is there.
test.each(['start', 'test', 'check', 'generate', 'weir'])(
  'npm run %s on a fresh clone goes on with the Node that the set-up installed',
  (script) => {
    const { stdout } = spawnSync('npm', ['run', '--silent', script], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/^pinned node: (?:scripts|src)\/\w+\.ts\n$/);
  },
);
