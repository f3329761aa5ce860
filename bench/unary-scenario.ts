import type { BenchCall } from './call.ts';
import { SUBJECT_CORE } from './cores.ts';
import type { Figures } from './figures.ts';
import type { HttpRequest } from './http-request.ts';
import { callDirectly } from './load/direct.ts';
import { loadAtRate } from './load/fixed-rate.ts';
import { saturate } from './load/saturate.ts';
import { measureCpu } from './measure-cpu.ts';
import { required } from './protocol.ts';
import { OURS } from './ratios.ts';
import { expectAnswer, type RunningSubject } from './running-subject.ts';
import type { Scenario, Timing } from './scenario.ts';
import type { Setup, Subject, WeirChanges } from './subject.ts';

const CONNECTIONS = 64;
const SHARE_OF_CAPACITY = 0.7;

export interface UnaryOptions {
  readonly name: string;
  readonly about: string;
  readonly call: BenchCall;
  /** Calls in one request; default 1. */
  readonly batch?: number;
  /** Default `gateway`. */
  readonly setup?: Setup;
  readonly subjects?: readonly string[];
  readonly isSlow?: boolean;
  readonly weir?: WeirChanges;
  readonly bare?: WeirChanges;
}

/** A unary call under load: at saturation with 64 connections, then at 70 % of what that reached. */
export function unaryScenario(options: UnaryOptions): Scenario {
  const { call, batch = 1, setup = 'gateway', ...rest } = options;
  const calls = Array.from({ length: batch }, () => call);

  function requestOf({ name, protocol }: Subject): HttpRequest | undefined {
    const request = batch === 1 ? protocol.unary(call) : protocol.batch?.(calls);
    const headers = name === OURS ? options.weir?.headers : {};
    return request && { ...request, headers: { ...request.headers, ...headers } };
  }

  const scenario: Scenario = {
    ...rest,
    setup,
    batch,
    calls: [call],
    compares: 'callsPerSecond',
    fits: (subject) => requestOf(subject) !== undefined,
    async getReady(running, { warmUpSeconds }) {
      const request = required(requestOf(running.subject));
      await expectAnswer(running, request, call.marker, batch);
      await saturate(running.port, request, CONNECTIONS, warmUpSeconds);
    },
    measure: ({ running, timing }) =>
      measureUnderLoad(running, required(requestOf(running.subject)), batch, timing),
  };
  return setup === 'gateway' ? { ...scenario, measureBackend: ceilingOf(call) } : scenario;
}

async function measureUnderLoad(
  { port, process }: RunningSubject,
  request: HttpRequest,
  batch: number,
  { seconds }: Timing,
): Promise<Figures> {
  const { result, cpuSeconds, shares } = await measureCpu(process, () =>
    saturate(port, request, CONNECTIONS, seconds),
  );
  const requestsPerSecond = result.requests / result.seconds;
  const rate = Math.floor(requestsPerSecond * SHARE_OF_CAPACITY);
  const atLoad = await loadAtRate(port, request, CONNECTIONS, rate, seconds);
  return {
    requestsPerSecond,
    callsPerSecond: requestsPerSecond * batch,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    p99AtLoadMs: atLoad.p99Ms,
    cpuUsPerCall: (cpuSeconds / (result.requests * batch)) * 1e6,
    rssMb: process.rssMb(),
    ...shares,
  };
}

/** What the backend could answer at most: h2load on the core that is the subject's otherwise. */
function ceilingOf(call: BenchCall): NonNullable<Scenario['measureBackend']> {
  return async (backendPort, { seconds }) => {
    const load = { connections: 4, inFlight: 16, seconds, core: SUBJECT_CORE };
    const { callsPerSecond, p50Ms, p99Ms } = await callDirectly(backendPort, call, load);
    return { requestsPerSecond: callsPerSecond, callsPerSecond, p50Ms, p99Ms };
  };
}
