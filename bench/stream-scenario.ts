import type { BenchCall } from './call.ts';
import { countStream } from './load/count-stream.ts';
import { measureCpu } from './measure-cpu.ts';
import type { Scenario } from './scenario.ts';
import type { WeirChanges } from './subject.ts';

export interface StreamOptions {
  readonly name: string;
  readonly about: string;
  readonly call: BenchCall;
  readonly subscriptions: number;
  readonly weir?: WeirChanges;
}

/** Messages per second over so many subscriptions whose backend sends as fast as it is read. */
export function streamScenario({ call, subscriptions, ...rest }: StreamOptions): Scenario {
  return {
    ...rest,
    setup: 'gateway',
    batch: 1,
    calls: [call],
    marker: call.marker,
    compares: 'callsPerSecond',
    request: (protocol) => protocol.subscribe?.(call),
    async warmUp({ running, request, timing }) {
      await countStream(running.port, request, subscriptions, timing.warmUpSeconds, call.marker);
    },
    async measure({ running, request, timing }) {
      const { result, cpuSeconds, shares } = await measureCpu(running.process, () =>
        countStream(running.port, request, subscriptions, timing.seconds, call.marker),
      );
      return {
        callsPerSecond: result.messages / result.seconds,
        cpuUsPerCall: (cpuSeconds / result.messages) * 1e6,
        rssMb: running.process.rssMb(),
        silentStreams: result.silent,
        ...shares,
      };
    },
  };
}
