import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { expect, test } from 'vitest';

const SOURCE = join(import.meta.dirname, '..', 'src');

/** What may know whom: a place imports itself and lower floors only. Places of one line share a floor. */
const FLOORS = [
  ['lib', 'errors.ts'],
  ['config'],
  ['contract', 'telemetry'],
  ['transcode', 'auth', 'ratelimit', 'cache', 'validation', 'streams', 'codegen'],
  ['upstream'],
  ['pipeline'],
  ['procedures', 'proxy'],
  ['inbound', 'admin'],
  ['workers'],
  ['gateway.ts'],
  ['index.ts'],
  ['cli'],
  ['main.ts'],
];

const sourceFiles = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
);

const placeOf = (file: string) => file.split(sep)[0] ?? file;
const floorOf = (file: string) => FLOORS.findIndex((places) => places.includes(placeOf(file)));

function importsOf(file: string): string[] {
  const text = readFileSync(join(SOURCE, file), 'utf8');
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]+)['"]/g)].map(([, target]) =>
    relative(SOURCE, join(SOURCE, dirname(file), target ?? '')),
  );
}

test('every source file stands on a floor', () => {
  expect(sourceFiles.length).toBeGreaterThan(0);
  expect(sourceFiles.filter((file) => floorOf(file) === -1)).toEqual([]);
});

test('imports go down, never up or sideways', () => {
  const faults = sourceFiles.flatMap((file) =>
    importsOf(file)
      .filter((target) => placeOf(target) !== placeOf(file) && floorOf(target) >= floorOf(file))
      .map((target) => `${file} imports ${target}`),
  );
  expect(faults).toEqual([]);
});

test('no file imports itself by way of others, not even for its types', () => {
  const done = new Set<string>();
  function findCircle(file: string, path: readonly string[]): readonly string[] | undefined {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const target of importsOf(file)) {
      const circle = findCircle(target, [...path, file]);
      if (circle !== undefined) return circle;
    }
    done.add(file);
    return undefined;
  }
  expect(sourceFiles.map((file) => findCircle(file, []) ?? [])).toEqual(sourceFiles.map(() => []));
});
