import type { Exemplar, Sample } from './sample.ts';

/**
 * Upper bounds in milliseconds. Calls of a gateway in one data centre take 1 to 10 ms, so that is where
 * the bounds are dense; above a second nobody asks how slow it was exactly.
 */
const BOUNDS_MS = [
  0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000,
];
const LE = [...BOUNDS_MS.map((ms) => `le="${ms / 1_000}"`), 'le="+Inf"'];

/** How many numbers a histogram is: its buckets, and the sum. */
export const LATENCY_NUMBERS = LE.length + 1;

export type BucketExemplar = readonly [bucket: number, exemplar: Exemplar];
const NONE: readonly BucketExemplar[] = [];

/** How long something took. Observing allocates nothing, because it stands on the path of every call. */
export class LatencyHistogram {
  readonly #counts = new Float64Array(LE.length);
  #sumMs = 0;
  #exemplars: (Exemplar | undefined)[] | undefined;

  /** @param traceId of the call's trace where it is kept, to be found from the bucket. */
  observe(ms: number, traceId?: string): void {
    let bucket = 0;
    while (bucket < BOUNDS_MS.length && ms > (BOUNDS_MS[bucket] ?? 0)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sumMs += ms;
    if (traceId === undefined) return;
    this.#exemplars ??= new Array<Exemplar | undefined>(LE.length);
    this.#exemplars[bucket] = { traceId, value: ms / 1_000, timestamp: Date.now() / 1_000 };
  }

  /** What another process counted, as {@link writeTo} and {@link exemplars} gave it. */
  add(numbers: ArrayLike<number>, exemplars: readonly BucketExemplar[]): void {
    for (let bucket = 0; bucket < LE.length; bucket++) {
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + (numbers[bucket] ?? 0);
    }
    this.#sumMs += numbers[LE.length] ?? 0;
    for (const [bucket, exemplar] of exemplars) {
      this.#exemplars ??= new Array<Exemplar | undefined>(LE.length);
      const held = this.#exemplars[bucket];
      if (held === undefined || held.timestamp < exemplar.timestamp)
        this.#exemplars[bucket] = exemplar;
    }
  }

  /** Writes what {@link add} takes: the count of each bucket, then the sum. */
  writeTo(numbers: Float64Array, offset: number): void {
    numbers.set(this.#counts, offset);
    numbers[offset + LE.length] = this.#sumMs;
  }

  get exemplars(): readonly BucketExemplar[] {
    if (this.#exemplars === undefined) return NONE;
    return this.#exemplars.flatMap((exemplar, bucket) =>
      exemplar === undefined ? [] : [[bucket, exemplar] as const],
    );
  }

  /** In seconds; buckets count all below their bound. */
  *samples(labels: string): Iterable<Sample> {
    let count = 0;
    for (const [bucket, le] of LE.entries()) {
      count += this.#counts[bucket] ?? 0;
      const exemplar = this.#exemplars?.[bucket];
      yield {
        suffix: '_bucket',
        labels: labels === '' ? le : `${labels},${le}`,
        value: count,
        exemplar,
      };
    }
    yield { suffix: '_sum', labels, value: this.#sumMs / 1_000 };
    yield { suffix: '_count', labels, value: count };
  }
}
