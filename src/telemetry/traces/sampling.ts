import type { GrpcCode } from '../../errors.ts';
import { createRatio } from '../ratio.ts';
import type { TraceParent } from './trace-context.ts';

export interface SamplingOptions {
  /** Share of calls without a parent, 0 to 1. */
  readonly ratio: number;
  /** The same for single procedures, by path. */
  readonly methods: Readonly<Record<string, number>>;
  /** Calls that took longer are kept, in milliseconds. */
  readonly slowMs: number;
  /** How many failed and slow calls a second are kept that were not sampled. */
  readonly maxKeptPerSecond: number;
}

/**
 * Statuses that are the service's fault, as the RPC conventions list them for servers; a caller's own
 * mistakes are not worth a trace.
 */
const FAULTS: ReadonlySet<GrpcCode> = new Set([
  'UNKNOWN',
  'DEADLINE_EXCEEDED',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
]);

export function isFault(code: GrpcCode | undefined): boolean {
  return code !== undefined && FAULTS.has(code);
}

/** Which calls have their trace kept. */
export class Sampling {
  /** Failed and slow calls that were above the bound. */
  notKept = 0;
  readonly #options: SamplingOptions;
  readonly #takes: () => boolean;
  readonly #takesByMethod: ReadonlyMap<string, () => boolean>;
  #second = 0;
  #keptThisSecond = 0;

  constructor(options: SamplingOptions) {
    this.#options = options;
    this.#takes = createRatio(options.ratio);
    this.#takesByMethod = new Map(
      Object.entries(options.methods).map(([path, ratio]) => [path, createRatio(ratio)]),
    );
  }

  /** At the start: as the caller decided, else by ratio. */
  atStart(path: string, parent: TraceParent | undefined): boolean {
    if (parent !== undefined) return parent.sampled;
    if (this.#takesByMethod.size === 0) return this.#takes();
    return (this.#takesByMethod.get(path) ?? this.#takes)();
  }

  /** At the end, for a call that was not sampled: failures and slow ones, within the bound. */
  atEnd(code: GrpcCode | undefined, durationMs: number | undefined, now: number): boolean {
    const slow = durationMs !== undefined && durationMs > this.#options.slowMs;
    if (!slow && !isFault(code)) return false;
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#keptThisSecond = 0;
    }
    if (this.#keptThisSecond >= this.#options.maxKeptPerSecond) {
      this.notKept += 1;
      return false;
    }
    this.#keptThisSecond += 1;
    return true;
  }
}
