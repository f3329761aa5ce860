import type { UpstreamConfig } from '../config/schema.ts';
import type { Cancellation } from '../lib/cancellation.ts';
import type { Clock, Random } from '../lib/clock.ts';
import { createTransport } from './create-transport.ts';
import { sleep } from './retry/sleep.ts';
import type { Security } from './security/create-security.ts';
import type { Transport } from './transport/transport.ts';

/** What an upstream takes from the world around it; a simulation brings its own time, chance and wire. */
export interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
  /** Rejects with the reason as soon as the call is cancelled. */
  readonly sleep: (ms: number, cancellation: Cancellation) => Promise<void>;
  /** Runs the task at each interval until the result is called; keeps no process alive. */
  readonly every: (intervalMs: number, task: () => void) => () => void;
  readonly createTransport: (
    address: string,
    config: UpstreamConfig,
    security: Security,
  ) => Transport;
}

export const REAL_SURROUNDINGS: Surroundings = {
  clock: () => performance.now(),
  random: Math.random,
  sleep,
  every(intervalMs, task) {
    const timer = setInterval(task, intervalMs).unref();
    return () => clearInterval(timer);
  },
  createTransport,
};
