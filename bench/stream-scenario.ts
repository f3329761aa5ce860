import type { BenchCall } from './call.ts';
import { countStream } from './load/count-stream.ts';
import { measureCpu } from './measure-cpu.ts';
import { required } from './protocol.ts';
import { expectAnswer } from './running-subject.ts';
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
    compares: 'callsPerSecond',
    fits: ({ protocol }) => protocol.subscribe !== undefined,
    async getReady(running, { warmUpSeconds }) {
      const request = required(running.subject.protocol.subscribe?.(call));
      await expectAnswer(running, request, call.marker, 1);
      await countStream(running.port, request, subscriptions, warmUpSeconds, call.marker);
    },
    async measure({ running: { port, process, subject }, timing: { seconds } }) {
      const request = required(subject.protocol.subscribe?.(call));
      const { result, cpuSeconds, shares } = await measureCpu(process, () =>
        countStream(port, request, subscriptions, seconds, call.marker),
      );
      return {
        callsPerSecond: result.messages / result.seconds,
        cpuUsPerCall: (cpuSeconds / result.messages) * 1e6,
        rssMb: process.rssMb(),
        silentStreams: result.silent,
        ...shares,
      };
    },
  };
}
