import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Line } from '../support/child.ts';
import { GatewayProcess } from '../support/gateway.ts';
import { parsePage, scrape, valueOn } from '../support/metrics-page.ts';
import { BackendProcess } from './backend-process.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** As an operator would set it who wants failures noticed in seconds; the rest is Weir's defaults. */
const UPSTREAM = {
  healthCheck: { interval: '1s', timeout: '500ms' },
  keepAlive: { interval: '2s', timeout: '1s' },
};

/** Health checks at most 1.2 s apart, two in a row that fail, each within 500 ms; discovery takes no longer. */
export const DETECTION_MS = 2 * 1_200 + 500;

/** The longest a connection may be silent: `keepAlive`, interval and timeout. */
export const KEEP_ALIVE_MS = 3_000;

/** One backend and the network in front of it, which is all that the gateway sees of it. */
export interface Member {
  readonly name: string;
  backend: BackendProcess;
  proxy: TcpProxy;
}

/** Three backends, each behind a network of its own, and a gateway that finds them by a file. */
export class Cluster {
  readonly members: readonly Member[];
  readonly gateway: GatewayProcess;
  readonly #folder: string;

  private constructor(members: readonly Member[], gateway: GatewayProcess, folder: string) {
    this.members = members;
    this.gateway = gateway;
    this.#folder = folder;
  }

  static async start(): Promise<Cluster> {
    const folder = mkdtempSync(join(tmpdir(), 'weir-chaos-'));
    writeFileSync(join(folder, 'ledger'), '');
    const members = await Promise.all(
      ['one', 'two', 'three'].map(async (name) => {
        const backend = await BackendProcess.start(name, join(folder, 'ledger'));
        return { name, backend, proxy: await TcpProxy.start(backend.port) };
      }),
    );
    const discovery = { file: join(folder, 'endpoints.json'), poll: '200ms' };
    writeEndpoints(discovery.file, members);
    const gateway = await GatewayProcess.start(
      {},
      {
        contracts: [{ folder: join(import.meta.dirname, 'proto') }],
        upstreams: { desk: { ...UPSTREAM, discovery } },
        log: { level: 'info', successes: 0 },
      },
    );
    return new Cluster(members, gateway, folder);
  }

  /** @throws RangeError when there are not so many */
  member(index: number): Member {
    const found = this.members[index];
    if (found === undefined) throw new RangeError(`no member ${index}`);
    return found;
  }

  /** The ids of orders that were executed, once for each time that they were. */
  executedOrders(): readonly string[] {
    return readFileSync(join(this.#folder, 'ledger'), 'utf8').split('\n').slice(0, -1);
  }

  /** A process that takes up where the last one of that name ended, on a port of its own. */
  async restart(member: Member): Promise<void> {
    member.backend = await BackendProcess.start(member.name, join(this.#folder, 'ledger'));
    member.proxy.targetPort = member.backend.port;
  }

  /** Tells the gateway where the members are now. */
  announce(): void {
    writeEndpoints(join(this.#folder, 'endpoints.json'), this.members);
  }

  /**
   * When the gateway first took the address from those that get calls after `since`, milliseconds since the
   * Unix epoch; as its log says. Rejects if it does not within the time that `Child` waits.
   */
  async ejectionOf(address: string, since: number): Promise<number> {
    const line = await this.gateway.child.waitFor(
      `the ejection of ${address}`,
      (each) => each.address === address && timeOf(each) >= since && isEjection(each),
    );
    return timeOf(line);
  }

  /** Resolves when every endpoint takes calls again, be it for the time being only a share of them. */
  async recovered(): Promise<void> {
    const url = `${this.gateway.url}/metrics`;
    for (const until = performance.now() + 30_000; performance.now() < until; await sleep(100)) {
      if (serving(await scrape(url)) === this.members.length) return;
    }
    throw new Error(`not every endpoint serves after 30 s:\n${await scrape(url)}`);
  }

  /** Attempts after the first, since the gateway began. */
  async retries(): Promise<number> {
    const page = await scrape(`${this.gateway.url}/metrics`);
    return valueOn(page, 'weir_upstream_retries_total', { upstream: 'desk' }) ?? Number.NaN;
  }

  async stop(): Promise<number | string> {
    const code = await this.gateway.stop();
    for (const { proxy } of this.members) proxy.close();
    await Promise.all(this.members.map(({ backend }) => backend.child.kill()));
    rmSync(this.#folder, { recursive: true });
    return code;
  }
}

function writeEndpoints(file: string, members: readonly Member[]): void {
  writeFileSync(file, JSON.stringify(members.map(({ proxy: { address } }) => ({ address }))));
}

/** How many endpoints a metrics page says to be well. */
function serving(page: string): number {
  const endpointsOf = (name: string, is: (state: string) => boolean) =>
    parsePage(page)
      .filter((each) => each.name === name && each.value === 1 && is(each.labels.state ?? ''))
      .map(({ labels }) => labels.endpoint);
  const healthy = endpointsOf('weir_endpoint_healthy', () => true);
  return endpointsOf(
    'weir_endpoint_breaker_state',
    (state) => state === 'closed' || state === 'ramping',
  ).filter((endpoint) => healthy.includes(endpoint)).length;
}

function timeOf({ time }: Line): number {
  return Date.parse(String(time));
}

function isEjection({ msg, breaker, health }: Line): boolean {
  return (
    (msg === 'circuit breaker changed' && breaker === 'open') ||
    (msg === 'health changed' && health === 'unhealthy') ||
    msg === 'outlier ejected' ||
    msg === 'endpoint removed'
  );
}
