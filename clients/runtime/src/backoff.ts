/** 500 ms: one refused connect is often a restart, and most restarts take a second. */
const BASE_MS = 500;

/** 10 s, because a trader does not wait longer without pressing reload. */
const MAX_MS = 10_000;

/**
 * How long to wait before an attempt, counted from 0, in milliseconds. Exponential with full jitter, the
 * first attempt included: when a gateway goes, all of its thousands of clients lose it in one moment.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  return Math.round(random() * Math.min(MAX_MS, BASE_MS * 2 ** attempt));
}
