// What the micro benches use of mitata, so that their types are checked where the bench's packages are not installed.
declare module 'mitata' {
  export function bench(title: string, work: () => unknown): void;
  export function boxplot(benches: () => void): void;
  export function summary(benches: () => void): void;
  export function do_not_optimize(value: unknown): void;
  export function run(): Promise<unknown>;
}
