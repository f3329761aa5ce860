import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { LimiterNews, LimiterOptions, LimiterReport } from './limiter-process.ts';

const SKEWS_MS = [-7_200_000, 0, 7_200_000];

/** Several gateways whose clocks are hours apart. */
export const GATEWAYS = SKEWS_MS.length;
/** What they may admit together. */
export const rate = { requests: 100, perMs: 1_000, burst: 40 };

interface Gateway {
  readonly child: ChildProcess;
  readonly modes: string[];
  admitted: number;
  instances: number;
  state: 'starting' | 'ready' | 'running';
  report: LimiterReport | undefined;
}

/** The limiters of several gateways, each in its process, under load on one limit. */
export class LimiterGateways {
  readonly #gateways: readonly Gateway[];
  #news = Promise.withResolvers<void>();
  #startedMs = 0;

  private constructor(options: Omit<LimiterOptions, 'skewMs' | 'rate' | 'maxShare'>) {
    this.#gateways = SKEWS_MS.map((skewMs) => {
      const all: LimiterOptions = { ...options, skewMs, rate, maxShare: 0.1 };
      const child = fork(join(import.meta.dirname, 'limiter-process.ts'), [JSON.stringify(all)]);
      const gateway: Gateway = {
        child,
        modes: [],
        admitted: 0,
        instances: 1,
        state: 'starting',
        report: undefined,
      };
      child.on('message', (news: LimiterNews) => this.#hear(gateway, news));
      return gateway;
    });
  }

  /** Resolves when all of them are at work. */
  static async start(
    options: Omit<LimiterOptions, 'skewMs' | 'rate' | 'maxShare'>,
  ): Promise<LimiterGateways> {
    const gateways = new LimiterGateways(options);
    await gateways.#until(() => gateways.#gateways.every(({ state }) => state === 'ready'));
    gateways.#startedMs = performance.now();
    gateways.#tell();
    await gateways.#until(() => gateways.#gateways.every(({ state }) => state === 'running'));
    return gateways;
  }

  /** Resolves when they have admitted `count` more calls together. */
  async admit(count: number): Promise<void> {
    const enough = this.#admitted + count;
    await this.#until(() => this.#admitted >= enough);
  }

  /** Resolves when each of them is in `mode`. */
  async eachIs(mode: string): Promise<void> {
    await this.#until(() => this.#gateways.every(({ modes }) => modes.at(-1) === mode));
  }

  /** Resolves when each of them knows of all. */
  async eachKnowsAll(): Promise<void> {
    await this.#until(() => this.#gateways.every(({ instances }) => instances === GATEWAYS));
  }

  /** Ends the load, and puts what they report together. */
  async stop() {
    this.#tell();
    await this.#until(() => this.#gateways.every(({ report }) => report !== undefined));
    const seconds = (performance.now() - this.#startedMs) / 1_000;
    const reports = this.#gateways.flatMap(({ report }) => report ?? []);
    return {
      reports,
      admittedAt: reports.flatMap(({ admittedAt }) => admittedAt).sort((a, b) => a - b),
      allowed: rate.burst + rate.requests * seconds,
      unseen: mostUnseen(reports),
    };
  }

  kill(): void {
    for (const { child } of this.#gateways) if (child.exitCode === null) child.kill('SIGKILL');
  }

  get #admitted(): number {
    return this.#gateways.reduce((sum, { admitted }) => sum + admitted, 0);
  }

  #tell(): void {
    for (const { child } of this.#gateways) child.send('go on');
  }

  #hear(gateway: Gateway, news: LimiterNews): void {
    if (news.kind === 'mode') gateway.modes.push(news.mode);
    else if (news.kind === 'admitted') gateway.admitted = news.admitted;
    else if (news.kind === 'instances') gateway.instances = news.instances;
    else if (news.kind === 'report') gateway.report = news.report;
    else gateway.state = news.kind;
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) await this.#news.promise;
  }
}

/**
 * What gateways may admit on top while they stand alone: in each outage a burst that others used unseen. All
 * of them turning once is one outage; one that takes Redis for gone by itself, on a busy machine, is another.
 * Those that come back last still admit their part, up to a quarter of a second, while others admit all.
 */
function mostUnseen(reports: readonly LimiterReport[]): number {
  const turns = reports.flatMap(({ modes }) => modes.filter((mode) => mode === 'local')).length;
  const outages = Math.max(0, turns - (GATEWAYS - 1));
  return outages * (rate.burst + (rate.requests * 250) / rate.perMs);
}

/** The most that any stretch of time admitted beyond the rate. */
export function largestBurst(admittedAt: readonly number[]): number {
  // Kadane's walk over "one admitted, less what the rate gives in the gap before it".
  let open = 0;
  let largest = 0;
  admittedAt.forEach((at, index) => {
    const gap = at - (admittedAt[index - 1] ?? at);
    open = Math.max(0, open - (gap * rate.requests) / rate.perMs) + 1;
    largest = Math.max(largest, open);
  });
  return largest;
}
