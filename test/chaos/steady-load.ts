import { Agent } from 'node:http';
import type { GatewayProcess } from '../support/gateway.ts';
import { callGateway } from './call-gateway.ts';
import type { Outcome } from './outcome.ts';
import { openWatchers, type Watched } from './watcher.ts';

const READS_PER_SECOND = 200;
const ORDERS_PER_SECOND = 20;
const STREAMS = 9;

/** Callers who do not wait for each other: a gateway that gets slow is not spared for it. */
export interface SteadyLoad {
  readonly outcomes: readonly Outcome[];
  readonly watched: readonly Watched[];
  /** Sends no more, and resolves when every call has ended. */
  stop(): Promise<void>;
}

const TICK_MS = 10;

export function startSteadyLoad({ trpcUrl, webSocketUrl }: GatewayProcess): SteadyLoad {
  const agent = new Agent({ keepAlive: true });
  const outcomes: Outcome[] = [];
  const running = new Set<Promise<void>>();
  const watchers = openWatchers(webSocketUrl, STREAMS);
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
    while (sent.read < seconds * READS_PER_SECOND) send('read');
    while (sent.order < seconds * ORDERS_PER_SECOND) send('order');
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
