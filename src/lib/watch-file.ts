import { type Stats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/**
 * Tells of each change of a file, of its replacement, its going and its coming back. What it is compared
 * with is taken before this returns, so whoever reads the file afterwards misses no change.
 * It is polled, because links that are swapped, as of a Kubernetes ConfigMap, escape change notifications.
 *
 * @returns what ends it
 */
export function watchFile(path: string, pollMs: number, onChange: () => void): () => void {
  let known = signatureOf(() => statSync(path));
  let stopped = false;

  async function look(): Promise<void> {
    const found = await stat(path).then(
      (stats) => signatureOf(() => stats),
      () => 'missing',
    );
    if (stopped) return;
    if (found !== known) {
      known = found;
      onChange();
    }
    if (!stopped) lookLater();
  }

  function lookLater(): void {
    timer = setTimeout(() => void look(), pollMs).unref();
  }

  let timer: NodeJS.Timeout;
  lookLater();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** Another file of the same name differs at least in its inode. */
function signatureOf(read: () => Stats): string {
  try {
    const { ino, size, mtimeMs, ctimeMs } = read();
    return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch {
    return 'missing';
  }
}
