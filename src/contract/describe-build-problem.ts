import { readFileSync } from 'node:fs';
import type { BuildProblem } from './buf-build.ts';

/** A line longer than this is not shown: it would wrap, and point anywhere. */
const MAX_SHOWN = 120;

/**
 * A complaint of the compiler with its place, and the line that it is about: the compiler's own words name
 * neither what was imported nor which of two types does not fit.
 *
 * @param file where the source is
 * @param brought paths of the files below the contract folders, as they are imported
 */
export function describeBuildProblem(
  { line, column = 1, message }: BuildProblem,
  file: string,
  brought: readonly string[],
): string {
  if (line === undefined) return `${file}: ${message}`;
  const source = lineOf(file, line) ?? '';
  const imported = /^\s*import\s[^"]*"([^"]+)"/.exec(source)?.[1];
  const place = `${file}:${line}:${column}: ${message}`;
  if (imported !== undefined && message.includes('does not exist')) {
    return `${place}: ${imported}; ${describeMissing(imported, brought)}`;
  }
  if (source.trim() === '' || source.length > MAX_SHOWN) return place;
  // Whatever the line is indented by, the mark is indented by too.
  const before = source.slice(0, column - 1).replace(/[^\t]/g, ' ');
  return `${place}\n    ${source}\n    ${before}^`;
}

function describeMissing(imported: string, brought: readonly string[]): string {
  const there = brought.find((file) => imported.endsWith(`/${file}`));
  return there === undefined
    ? 'put it below a contract folder, at that path'
    : `there is ${there}, so name the folder above as the contract folder`;
}

function lineOf(file: string, line: number): string | undefined {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)[line - 1];
  } catch {
    return undefined;
  }
}
