/** Decides when a closed breaker has seen enough. */
export interface TripStrategy {
  /** Takes in one outcome; true when the breaker must open. */
  record(success: boolean, now: number): boolean;
  reset(): void;
}
