// What the micro benches use of mitata, so that their types are checked where the bench's packages are not installed.
declare module 'mitata' {
  export function bench(title: string, work: () => unknown): void;
  export function summary(benches: () => void): void;
  export function do_not_optimize(value: unknown): void;
  export function run(): Promise<unknown>;
  /** Times in nanoseconds. */
  export function measure(
    work: () => unknown,
    options: {
      readonly min_cpu_time: number;
      readonly batch_samples: number;
      /** Whether to collect garbage before; by default by allocating a gigabyte. */
      readonly gc: boolean;
    },
  ): Promise<{ readonly p50: number }>;
}
