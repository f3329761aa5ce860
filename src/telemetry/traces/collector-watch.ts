import type { Log } from '../log.ts';

/** Failures further apart than this are two; a collector that fails now and then is not told of each time. */
const QUIET_MS = 10_000;

/** Tells the log when a collector begins to fail and when it takes spans again, whatever happens in between. */
export class CollectorWatch {
  readonly #url: string;
  readonly #log: Pick<Log, 'warn' | 'info'>;
  readonly #now: () => number;
  #failing = false;
  #failedAt = Number.NEGATIVE_INFINITY;

  /** @param now milliseconds on a clock that never goes back. */
  constructor(url: string, log: Pick<Log, 'warn' | 'info'>, now = () => performance.now()) {
    this.#url = withoutSecrets(url);
    this.#log = log;
    this.#now = now;
  }

  /**
   * @param failure why the collector did not take all of an export; undefined where it did.
   * @param droppedSpans lost since the start, for whatever reason.
   */
  exportEnded(failure: string | undefined, droppedSpans: number): void {
    const now = this.#now();
    const collector = this.#url;
    if (failure !== undefined) {
      this.#failedAt = now;
      if (this.#failing) return;
      this.#failing = true;
      this.#log.warn(
        { collector, reason: failure, droppedSpans },
        'the trace collector does not take spans; calls go on, their traces are lost and counted',
      );
    } else if (this.#failing && now - this.#failedAt >= QUIET_MS) {
      this.#failing = false;
      this.#log.info({ collector, droppedSpans }, 'the trace collector takes spans again');
    }
  }
}

/** Addresses of collectors may have a user, and a query with a key. */
function withoutSecrets(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
