import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** Where Google's `.proto` files are, each at the path that it is imported by. */
export const GOOGLE_PROTOS = dirname(require.resolve('google-proto-files/package.json'));

const IMPORT =
  /^\s*import\s+(?:public\s+|weak\s+)?"(google\/(?:api|rpc|type|longrunning)\/[\w/]+\.proto)"/gm;

/** Which of Google's common files these sources import, those included that the files import themselves. */
export function googleFilesOf(sources: Iterable<string>): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (source: string): void => {
    for (const [, file = ''] of source.matchAll(IMPORT)) {
      const path = join(GOOGLE_PROTOS, file);
      if (found.has(file) || !existsSync(path)) continue;
      found.add(file);
      visit(readFileSync(path, 'utf8'));
    }
  };
  for (const source of sources) visit(source);
  return found;
}
