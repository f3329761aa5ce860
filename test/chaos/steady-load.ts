import { Agent } from 'node:http';
import { callGateway } from './call-gateway.ts';
import type { Outcome } from './outcome.ts';
import { openWatchers, type Watched } from './watcher.ts';

export interface LoadOptions {
  readonly trpcUrl: string;
  readonly webSocketUrl: string;
  readonly readsPerSecond: number;
  readonly ordersPerSecond: number;
  readonly streams: number;
}

/** Callers who do not wait for each other: a gateway that gets slow is not spared for it. */
export interface SteadyLoad {
  readonly outcomes: readonly Outcome[];
  readonly watched: readonly Watched[];
  /** Sends no more, and resolves when every call has ended. */
  stop(): Promise<void>;
}

const TICK_MS = 10;

export function startSteadyLoad(options: LoadOptions): SteadyLoad {
  const { trpcUrl, webSocketUrl, readsPerSecond, ordersPerSecond } = options;
  const agent = new Agent({ keepAlive: true });
  const outcomes: Outcome[] = [];
  const running = new Set<Promise<void>>();
  const watchers = openWatchers(webSocketUrl, options.streams);
  const started = performance.now();
  const sent = { read: 0, order: 0 };

  function send(kind: Outcome['kind']): void {
    sent[kind] += 1;
    const call = callGateway(trpcUrl, agent, kind, crypto.randomUUID()).then((outcome) => {
      outcomes.push(outcome);
      running.delete(call);
    });
    running.add(call);
  }

  const timer = setInterval(() => {
    const seconds = (performance.now() - started) / 1_000;
    while (sent.read < seconds * readsPerSecond) send('read');
    while (sent.order < seconds * ordersPerSecond) send('order');
  }, TICK_MS);

  return {
    outcomes,
    watched: watchers.watched,
    async stop() {
      clearInterval(timer);
      await Promise.all(running);
      await watchers.close();
      agent.destroy();
    },
  };
}
