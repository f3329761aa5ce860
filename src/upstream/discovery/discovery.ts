import type { EndpointTarget } from '../endpoint.ts';

/** Says who serves an upstream, now and whenever that changes. */
export interface Discovery {
  /** Calls `onTargets` with the whole list as soon as there is one, and again after each change. */
  start(onTargets: (targets: readonly EndpointTarget[]) => void): Promise<void>;
  /** Calls failed in a way that suggests the list is old; may be asked at any rate. */
  suspect(): void;
  stop(): void;
}

/** Told how each look went; of a run of equal ones only the first is news. */
export interface DiscoveryEvents {
  discovered(): void;
  /** The last known list stays. */
  discoveryFailed(error: unknown): void;
}
