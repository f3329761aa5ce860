import type { EndpointTarget } from '../endpoint.ts';

/** Says who serves an upstream, now and whenever that changes. */
export interface Discovery {
  /** Calls `onTargets` with the whole list at least once, and again after each change. */
  start(onTargets: (targets: readonly EndpointTarget[]) => void): Promise<void>;
  /** Calls failed in a way that suggests the list is old; may be asked at any rate. */
  suspect(): void;
  stop(): void;
}
