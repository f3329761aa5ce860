import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { generateClient } from '../../src/codegen/generate-client.ts';
import { renderClient } from '../../src/codegen/render-client.ts';
import { UserError } from '../../src/lib/user-error.ts';
import { buildDescriptorSet } from './build-descriptor-set.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-codegen-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function descriptorSetOf(files: Record<string, string>): Uint8Array {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'proto', path)), { recursive: true });
    writeFileSync(join(folder, 'proto', path), `syntax = "proto3";\n${text}`);
  }
  return buildDescriptorSet(join(folder, 'proto'));
}

describe('a contract of which no client can be made', () => {
  test.each([
    {
      title: 'two methods that differ in the case of their first letter',
      files: {
        'a.proto':
          'package a; message M {} service S { rpc Get(M) returns (M); rpc get(M) returns (M); }',
      },
      message:
        'a.S.get (a.proto) and a.S.Get (a.proto) cannot both be procedures: `a.s.get` would be a procedure and a router, or two procedures. Rename one of them.',
    },
    {
      title: 'a package below a method',
      files: {
        'a.proto': 'package a; message M {} service S { rpc Get(M) returns (M); }',
        'b.proto': 'package a.s.get; message M {} service T { rpc Do(M) returns (M); }',
      },
      message:
        'a.s.get.T.Do (b.proto) and a.S.Get (a.proto) cannot both be procedures: `a.s.get.t.do` would be a procedure and a router, or two procedures. Rename one of them.',
    },
    {
      title: "a file that takes the place of the client's own",
      files: { 'index.proto': 'package a; message M {}' },
      message:
        'index.ts would be generated twice: the client has a file of this name of its own. Rename index.proto.',
    },
  ])('$title', ({ files, message }) => {
    const descriptorSet = descriptorSetOf(files);
    expect(() => renderClient({ descriptorSet })).toThrow(new Error(message));
  });
});

describe('the folder to write', () => {
  const CONTRACT = { 'a.proto': 'package a; message M {} service S { rpc Get(M) returns (M); }' };

  test('what an earlier run wrote is replaced', () => {
    const out = join(folder, 'out');
    generateClient({ descriptorSet: descriptorSetOf(CONTRACT), out });
    writeFileSync(join(out, 'gone.ts'), '');
    const written = generateClient({ descriptorSet: descriptorSetOf(CONTRACT), out });
    expect(written).toEqual([
      'a.package.ts',
      'a.ts',
      'app-router.ts',
      'index.ts',
      'procedure-types.ts',
      'proto-json.ts',
    ]);
    expect(readdirSync(out).sort()).toEqual(written);
  });

  test('so are folders that have nothing any more', () => {
    const out = join(folder, 'out');
    const before = {
      'b/v1/b.proto': 'package b.v1; message M {} service S { rpc Get(M) returns (M); }',
    };
    generateClient({ descriptorSet: descriptorSetOf({ ...CONTRACT, ...before }), out });
    rmSync(join(folder, 'proto'), { recursive: true });
    const written = generateClient({ descriptorSet: descriptorSetOf(CONTRACT), out });
    expect(readdirSync(out, { recursive: true }).sort()).toEqual(written);
  });

  test.each([
    ['no name', () => ' ', 'has no name'],
    ['a file', () => join(folder, 'file'), 'cannot be written'],
    ['below a file', () => join(folder, 'file', 'out'), 'cannot be written'],
    ['a link to itself', () => join(folder, 'loop', 'out'), 'cannot be written'],
    ['a device', () => '/dev/full', 'cannot be written'],
    ['a folder that takes none', () => '/proc/weir', 'cannot be written'],
  ])('%s is refused', (_, outOf, message) => {
    writeFileSync(join(folder, 'file'), 'mine');
    symlinkSync(join(folder, 'loop'), join(folder, 'loop'));
    const generate = () =>
      generateClient({ descriptorSet: descriptorSetOf(CONTRACT), out: outOf() });
    expect(generate).toThrow(UserError);
    expect(generate).toThrow(message);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('mine');
  });

  test('an earlier client is still there where a new one cannot be written', () => {
    const out = join(folder, 'out');
    const written = generateClient({ descriptorSet: descriptorSetOf(CONTRACT), out });
    rmSync(join(out, 'proto-json.ts'));
    mkdirSync(join(out, 'proto-json.ts'));
    expect(() => generateClient({ descriptorSet: descriptorSetOf(CONTRACT), out })).toThrow(
      'cannot be written',
    );
    expect(readdirSync(out).sort()).toEqual(written);
  });

  test('a folder with anything else in it is left alone', () => {
    const out = join(folder, 'mine');
    mkdirSync(out);
    writeFileSync(join(out, 'index.ts'), 'export const precious = 1;');
    expect(() => generateClient({ descriptorSet: descriptorSetOf(CONTRACT), out })).toThrow(
      new UserError(
        `${out} holds files that were not generated by Weir and would be deleted. Name an empty or new folder.`,
      ),
    );
    expect(readdirSync(out)).toEqual(['index.ts']);
  });
});
