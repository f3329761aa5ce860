import { getQuote } from './calls/get-quote.ts';
import { loadAtRate } from './load/fixed-rate.ts';
import { saturate } from './load/saturate.ts';
import { measureCpu } from './measure-cpu.ts';
import { expectAnswer } from './running-subject.ts';
import type { Scenario } from './scenario.ts';

const CONNECTIONS = 64;

/**
 * Small queries at a rate that does not depend on the subject's capacity, each at its own moment. A core is
 * busier than at the same rate under saturation, where one turn of the event loop serves many calls.
 */
export function fixedRateScenario(callsPerSecond: number): Scenario {
  return {
    name: `unary-at-${callsPerSecond}`,
    about: `one small query at a time, ${callsPerSecond.toLocaleString('en-GB')} of them a second`,
    setup: 'gateway',
    calls: [getQuote],
    batch: 1,
    compares: 'cpuUsPerCall',
    subjects: ['weir', 'nginx', 'node'],
    fits: () => true,
    async getReady(running, { warmUpSeconds }) {
      const query = running.subject.protocol.unary(getQuote);
      await expectAnswer(running, query, getQuote.marker, 1);
      await saturate(running.port, query, CONNECTIONS, warmUpSeconds);
    },
    async measure({ running, timing: { seconds } }) {
      const query = running.subject.protocol.unary(getQuote);
      const { result, cpuSeconds, shares } = await measureCpu(running.process, () =>
        loadAtRate(running.port, query, CONNECTIONS, callsPerSecond, seconds),
      );
      return {
        callsPerSecond: result.answered / seconds,
        p50Ms: result.p50Ms,
        p99Ms: result.p99Ms,
        cpuUsPerCall: (cpuSeconds / result.answered) * 1e6,
        rssMb: running.process.rssMb(),
        ...shares,
      };
    },
  };
}
