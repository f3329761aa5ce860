import {
  existsSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Makes a folder hold these files and no others. What is new is written before what is old is removed, so that
 * nothing is lost where the disk is full or the folder may not be written.
 *
 * @param files content by path relative to the folder
 * @throws what the file system refuses
 */
export function replaceFolder(folder: string, files: ReadonlyMap<string, string>): void {
  makeFolder(folder);
  const before = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const [path, content] of files) {
    const file = join(folder, path);
    makeFolder(dirname(file));
    writeFileSync(file, content);
  }
  // What is deepest first, so that a folder is empty when its turn comes.
  for (const path of before.toSorted().reverse()) removeOld(join(folder, path), path, files);
}

function removeOld(path: string, name: string, files: ReadonlyMap<string, string>): void {
  if (files.has(name) || !existsSync(path)) return;
  if (!statSync(path).isDirectory()) rmSync(path);
  else if (readdirSync(path).length === 0) rmdirSync(path);
}

/** Level by level: below a folder that takes none, such as /proc, Node's own `recursive` never ends. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}
