/** Milliseconds as a person reads them: "250 ms", "1.5 s". */
export function durationText(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`;
}
