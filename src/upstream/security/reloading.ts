import { watchFile } from '../../lib/watch-file.ts';

/** Told of values that were made anew, and of those that could not be; of a run of equal news each once. */
export interface ReloadEvents {
  securityRenewed(paths: readonly string[]): void;
  /** The last value stays. */
  securityFailed(error: unknown): void;
}

export interface ReloadingOptions<Value> {
  readonly paths: readonly string[];
  /** Throws what is wrong with the files. */
  readonly read: () => Value;
  readonly pollMs: number;
  readonly events: ReloadEvents;
}

/** A value made from files, and made anew when they change. */
export interface Reloading<Value> {
  readonly current: Value;
  /** @returns what ends it */
  onChange(listener: () => void): () => void;
  /** Final: nobody is told anything after it, and the value stays what it is. */
  stop(): void;
}

/** @throws what `read` throws the first time; later the last value stays. */
export function createReloading<Value>(options: ReloadingOptions<Value>): Reloading<Value> {
  const { paths, read, pollMs, events } = options;
  const listeners = new Set<() => void>();
  // Before reading, so that no change is missed.
  const unwatch = paths.map((path) => watchFile(path, pollMs, reload));
  let again: NodeJS.Timeout | undefined;
  let stopped = false;
  let current: Value;
  try {
    current = read();
  } catch (error) {
    stop();
    throw error;
  }

  function reload(): void {
    clearTimeout(again);
    if (!take(() => {}) && !stopped)
      again = setTimeout(() => take(events.securityFailed), pollMs).unref();
  }

  /** A certificate and its key are written one after the other, so what does not fit may soon. */
  function take(onError: (error: unknown) => void): boolean {
    try {
      const value = read();
      if (stopped) return true;
      current = value;
    } catch (error) {
      if (!stopped) onError(error);
      return false;
    }
    events.securityRenewed(paths);
    for (const listener of listeners) tell(listener);
    return true;
  }

  /** Whoever cannot use the new value must not keep it from the others. */
  function tell(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      events.securityFailed(error);
    }
  }

  function stop(): void {
    stopped = true;
    listeners.clear();
    clearTimeout(again);
    for (const end of unwatch) end();
  }

  return {
    get current() {
      return current;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop,
  };
}
