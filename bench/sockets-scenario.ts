import { setTimeout as sleep } from 'node:timers/promises';
import { trpcPath } from './call.ts';
import { watchQuotes } from './calls/watch-quotes.ts';
import { WebSockets } from './load/web-sockets.ts';
import { measureCpu } from './measure-cpu.ts';
import type { Scenario } from './scenario.ts';

export interface SocketsOptions {
  readonly name: string;
  readonly about: string;
  readonly sockets: number;
  /** Messages that each subscription gets. */
  readonly messagesPerSecond: number;
  readonly compares: Scenario['compares'];
  readonly once?: boolean;
  readonly isSlow?: boolean;
}

/** How long memory is given to settle once the sockets are open. */
const SETTLE_MS = 1_500;

/** So many WebSockets with one tRPC subscription each, from a source in the subject's own process. */
export function socketsScenario({ sockets, messagesPerSecond, ...rest }: SocketsOptions): Scenario {
  return {
    ...rest,
    setup: 'sockets',
    calls: [watchQuotes],
    batch: 1,
    messagesPerSecond,
    // Node keeps the memory that it once had, so each round needs a process that never had sockets.
    startsAnew: true,
    fits: ({ protocol }) => protocol.socketPath !== undefined,
    getReady: async () => {},
    async measure({ running: { port, process, subject }, timing }) {
      const before = process.rssMb();
      const clients = new WebSockets(port, subject.protocol.socketPath ?? '/', sockets);
      try {
        await clients.open();
        await sleep(SETTLE_MS);
        const idle = process.rssMb();
        await clients.subscribe(SUBSCRIBE);
        const { result, cpuSeconds, shares } = await measureCpu(process, () =>
          clients.count(timing.seconds),
        );
        const expected = sockets * messagesPerSecond * result.seconds;
        if (result.messages < expected * 0.9) {
          throw new Error(`Only ${result.messages} of ${Math.round(expected)} messages came.`);
        }
        return {
          callsPerSecond: result.messages / result.seconds,
          p50Ms: result.p50Ms,
          p99Ms: result.p99Ms,
          cpuUsPerCall: (cpuSeconds / result.messages) * 1e6,
          rssMb: process.rssMb(),
          rssKbPerIdleSocket: ((idle - before) * 1024) / sockets,
          rssKbPerSocket: ((process.rssMb() - before) * 1024) / sockets,
          ...shares,
        };
      } finally {
        clients.close();
      }
    },
  };
}

const SUBSCRIBE = JSON.stringify({
  id: 1,
  method: 'subscription',
  params: { path: trpcPath(watchQuotes), input: { symbols: ['#'] } },
});
