import { EmptySchema } from '@bufbuild/protobuf/wkt';
import type { z } from 'zod';
import { upstreamSection } from '../../src/config/upstream-section.ts';
import type { Method } from '../../src/contract/method.ts';
import type { HedgingPolicy, RetryPolicy } from '../../src/contract/policy.ts';
import { WeirError } from '../../src/errors.ts';
import { Cancellation } from '../../src/lib/cancellation.ts';
import type { BackendCall } from '../../src/upstream/backend-call.ts';
import { createUpstream, type Upstream } from '../../src/upstream/upstream.ts';
import { createSeededRandom } from './seeded-random.ts';
import { SimulatedBackend } from './simulated-backend.ts';
import { VirtualTime } from './virtual-time.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly endpoints: number;
  /** Calls that one backend serves at once. Default: 4. */
  readonly workers?: number;
  readonly retry?: RetryPolicy | undefined;
  /** Instead of retries. */
  readonly hedging?: HedgingPolicy;
  readonly timeoutMs?: number;
  /** What `weir.yaml` would say of the upstream beside its endpoints. */
  readonly config?: Partial<z.input<typeof upstreamSection>>;
}

/** What became of the calls that began in one phase. */
export interface Phase {
  readonly calls: number;
  readonly failures: ReadonlyMap<string, number>;
  /** Of every call, answered or failed; milliseconds, ascending. */
  readonly latencies: Float64Array;
  /** Calls that reached each backend within the phase, in the order of the endpoints. */
  readonly arrived: readonly number[];
}

/** Callers, an upstream with its real steps, and simulated backends, on a time of their own. */
export class Simulation {
  readonly time = new VirtualTime();
  readonly backends: readonly SimulatedBackend[];
  /** Positions of endpoints that outlier detection ejected, with the moment. */
  readonly ejections: { readonly position: number; readonly at: number }[] = [];
  /** Positions of endpoints whose breaker opened, with the moment. */
  readonly openings: { readonly position: number; readonly at: number }[] = [];
  upstream: Upstream | undefined;

  readonly #random: () => number;
  readonly #options: SimulationOptions;
  readonly #cancellation = new Cancellation();

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#random = createSeededRandom(options.seed);
    this.backends = Array.from(
      { length: options.endpoints },
      () => new SimulatedBackend(this.time, this.#random, options.workers ?? 4),
    );
    for (const backend of this.backends) backend.hearsCancellation = options.hedging !== undefined;
  }

  async start(): Promise<void> {
    const { time, backends } = this;
    this.upstream = await createUpstream({
      name: 'simulated',
      config: upstreamSection.parse({
        endpoints: backends.map((_, position) => addressOf(position)),
        ...this.#options.config,
      }),
      events: {
        breakerChanged: ({ address }, { name }) => {
          if (name === 'open')
            this.openings.push({ position: positionOf(address), at: time.now() });
        },
        healthChanged() {},
        endpointsChanged() {},
        discovered() {},
        discoveryFailed() {},
        securityRenewed() {},
        securityFailed() {},
        retried() {},
        shed() {},
        hedged() {},
        serviceBreakerChanged() {},
        retryWithheld() {},
        ejected: ({ endpoint }) =>
          this.ejections.push({ position: positionOf(endpoint.target.address), at: time.now() }),
      },
      surroundings: {
        clock: time.now,
        random: this.#random,
        sleep: (ms) => new Promise((resolve) => time.after(ms, resolve)),
        every: (intervalMs, task) => time.every(intervalMs, task),
        createTransport(address) {
          const backend = backends[positionOf(address)];
          if (backend === undefined) throw new Error(`No backend at ${address}.`);
          return backend;
        },
      },
    });
  }

  /** Calls arrive independently of one another at the given rate, until so many have; then all of them end. */
  async run(calls: number, callsPerSecond: number): Promise<Phase> {
    const { time } = this;
    const latencies = new Float64Array(calls);
    const failures = new Map<string, number>();
    const before = this.backends.map(({ arrived }) => arrived);
    let begun = 0;
    let ended = 0;

    const begin = () => {
      const startedAt = time.now();
      begun++;
      const end = () => {
        latencies[ended++] = time.now() - startedAt;
      };
      this.#call(startedAt).then(end, (thrown: unknown) => {
        const { code } = WeirError.from(thrown);
        failures.set(code, (failures.get(code) ?? 0) + 1);
        end();
      });
    };
    let due = 0;
    const arrive = () => {
      // Several calls may fall into one moment of virtual time.
      for (due -= 1; due <= 0 && begun < calls; ) {
        begin();
        due += (-Math.log(1 - this.#random()) * 1_000) / callsPerSecond;
      }
      if (begun < calls) time.after(1, arrive);
    };
    time.after(1, arrive);
    while (ended < calls) await time.runUntil(time.now() + 1_000);
    return {
      calls,
      failures,
      latencies: latencies.sort(),
      arrived: this.backends.map(({ arrived }, at) => arrived - (before[at] ?? 0)),
    };
  }

  #call(startedAt: number): Promise<unknown> {
    const { retry, hedging, timeoutMs = 5_000 } = this.#options;
    if (this.upstream === undefined) throw new Error('The simulation has not been started.');
    const call: BackendCall = {
      // The steps ask for nothing else of a method.
      method: {
        kind: 'unary',
        policy: { retry, hedging, priority: 'default' },
        descriptor: { input: EmptySchema, output: EmptySchema },
        rpcPath: '/simulated.Service/Read',
      } as unknown as Method,
      message: new Uint8Array(),
      metadata: [],
      deadline: startedAt + timeoutMs,
      cancellation: this.#cancellation,
      input: undefined,
      headers: {},
    };
    return this.upstream.unary(call);
  }
}

/** The latency that the given share of the calls stayed below, in milliseconds. */
export function percentile({ latencies }: Phase, share: number): number {
  return latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
}

export function failureShare({ failures, calls }: Phase): number {
  return [...failures.values()].reduce((sum, count) => sum + count, 0) / calls;
}

function addressOf(position: number): string {
  return `simulated:${position + 1}`;
}

function positionOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1)) - 1;
}
