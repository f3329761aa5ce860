import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchFile } from './watch-file.ts';

let folder: string;
let path: string;
let stop: () => void;
const onChange = vi.fn();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-watch-'));
  path = join(folder, 'watched');
  writeFileSync(path, 'first');
  onChange.mockClear();
});

afterEach(() => {
  stop();
  rmSync(folder, { recursive: true });
});

test.each<[string, () => void]>([
  ['other content', () => writeFileSync(path, 'second, longer')],
  [
    'another file in its place, of the same size',
    () => {
      writeFileSync(`${path}.new`, 'other');
      renameSync(`${path}.new`, path);
    },
  ],
  [
    'a link in its place',
    () => {
      writeFileSync(`${path}.target`, 'other');
      symlinkSync(`${path}.target`, `${path}.link`);
      renameSync(`${path}.link`, path);
    },
  ],
  ['its going', () => rmSync(path)],
])('%s is told, even where it came at once', async (_, change) => {
  stop = watchFile(path, 5, onChange);
  change();
  await vi.waitFor(() => expect(onChange).toHaveBeenCalled());
});

test('a file that comes later is told', async () => {
  rmSync(path);
  stop = watchFile(path, 5, onChange);
  writeFileSync(path, 'late');
  await vi.waitFor(() => expect(onChange).toHaveBeenCalled());
});
