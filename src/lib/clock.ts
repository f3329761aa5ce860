/** Milliseconds that never run backwards; `performance.now` unless a test turns its own. */
export type Clock = () => number;

/** Uniform in [0, 1); `Math.random` unless a test seeds its own. */
export type Random = () => number;
