/** How a backend of the chaos test is told to behave. */
export interface Misbehaviour {
  /** Every answer waits for so long; health checks are answered at once. */
  readonly slowMs: number;
  /** 0 to 1: this share of calls is answered UNAVAILABLE, and nothing is executed for them. */
  readonly failingShare: number;
  /** What `grpc.health.v1` answers, whatever is true. */
  readonly health: 'SERVING' | 'NOT_SERVING';
}

/** How many calls reached a backend, whatever became of them. */
export interface Arrivals {
  reads: number;
  orders: number;
  streams: number;
}
