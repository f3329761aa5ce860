import { getQuote } from '../calls/get-quote.ts';
import { LOAD_CORE } from '../cores.ts';
import { callDirectly } from '../load/direct.ts';
import { saturate } from '../load/saturate.ts';
import { measureCpu } from '../measure-cpu.ts';
import { expectAnswer } from '../running-subject.ts';
import type { Scenario } from '../scenario.ts';

export default {
  name: 'idle-latency',
  about: 'one caller, one small query at a time; what it takes beyond a direct gRPC call',
  setup: 'gateway',
  calls: [getQuote],
  batch: 1,
  compares: 'p50Ms',
  fits: () => true,
  async getReady(running, { warmUpSeconds }) {
    const request = running.subject.protocol.unary(getQuote);
    await expectAnswer(running, request, getQuote.marker, 1);
    await saturate(running.port, request, 64, warmUpSeconds);
  },
  async measure({ running, timing, backend }) {
    const request = running.subject.protocol.unary(getQuote);
    const { result, cpuSeconds, shares } = await measureCpu(running.process, () =>
      saturate(running.port, request, 1, Math.ceil(timing.seconds / 2)),
    );
    return {
      requestsPerSecond: result.requests / result.seconds,
      callsPerSecond: result.requests / result.seconds,
      p50Ms: result.p50Ms,
      p99Ms: result.p99Ms,
      addedP50Ms: result.p50Ms - (backend.p50Ms ?? Number.NaN),
      cpuUsPerCall: (cpuSeconds / result.requests) * 1e6,
      rssMb: running.process.rssMb(),
      ...shares,
    };
  },
  async measureBackend(backendPort, { seconds }) {
    const load = { connections: 1, inFlight: 1, seconds: Math.ceil(seconds / 2), core: LOAD_CORE };
    const { callsPerSecond, p50Ms, p99Ms } = await callDirectly(backendPort, getQuote, load);
    return { requestsPerSecond: callsPerSecond, callsPerSecond, p50Ms, p99Ms };
  },
} satisfies Scenario;
