import type { AccessChange } from './access-change.ts';

/** Carries changes of access between the instances of one deployment. */
export interface AccessChangeFeed {
  /** Hands a change to every other instance, now or as soon as they can be reached. Never rejects. */
  publish(change: AccessChange): Promise<void>;
  /** Hears every change of others that is still in force, the ones from before the start included. */
  subscribe(listener: (change: AccessChange) => void): Promise<void>;
  close(): Promise<void>;
}

/** For a single instance: there are no others. */
export function createLocalFeed(): AccessChangeFeed {
  return {
    publish: async () => {},
    subscribe: async () => {},
    close: async () => {},
  };
}
