import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Weir's own release; the package stands above both `src/` and `dist/`. */
export function packageVersion(): string {
  const file = join(import.meta.dirname, '..', '..', 'package.json');
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const hasVersion = typeof content === 'object' && content !== null && 'version' in content;
  return hasVersion ? String(content.version) : 'unknown';
}
