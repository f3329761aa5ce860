import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Line } from '../support/child.ts';
import { GatewayProcess } from '../support/gateway.ts';
import { parsePage, scrape, valueOn } from '../support/metrics-page.ts';
import { Authorities } from './authorities.ts';
import { BackendProcess } from './backend-process.ts';
import { type Directory, DnsDirectory, FileDirectory, type Whereabouts } from './directory.ts';
import { REPORTING } from './process-resources.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** As an operator would set it who wants failures noticed in seconds; the rest is Weir's defaults. */
const UPSTREAM = {
  healthCheck: { interval: '1s', timeout: '500ms' },
  keepAlive: { interval: '2s', timeout: '1s' },
  connectTimeout: '1s',
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
  /** Of its certificate. */
  generation: number;
}

export interface ClusterOptions {
  /** By SRV records instead of a file; who moves gets another address too. */
  readonly dns?: boolean;
  /** Mutual. */
  readonly tls?: boolean;
}

/** Three backends, each behind a network of its own, and a gateway that finds them. */
export class Cluster {
  readonly members: readonly Member[];
  readonly gateway: GatewayProcess;
  readonly directory: Directory;
  /** Undefined without TLS. */
  readonly authorities: Authorities | undefined;
  readonly #folder: string;
  #addresses = 1;

  private constructor(
    parts: Pick<Cluster, 'members' | 'gateway' | 'directory' | 'authorities'>,
    folder: string,
  ) {
    this.members = parts.members;
    this.gateway = parts.gateway;
    this.directory = parts.directory;
    this.authorities = parts.authorities;
    this.#folder = folder;
  }

  static async start({ dns = false, tls = false }: ClusterOptions = {}): Promise<Cluster> {
    const folder = mkdtempSync(join(tmpdir(), 'weir-chaos-'));
    writeFileSync(join(folder, 'ledger'), '');
    const authorities = tls ? new Authorities(folder) : undefined;
    const members = await Promise.all(
      ['one', 'two', 'three'].map(async (name) => {
        const identity = authorities?.backend(0);
        const backend = await BackendProcess.start(name, join(folder, 'ledger'), identity);
        return { name, backend, proxy: await TcpProxy.start(backend.port), generation: 0 };
      }),
    );
    const directory = dns
      ? await DnsDirectory.start()
      : new FileDirectory(join(folder, 'endpoints.json'));
    directory.announce(members.map(whereaboutsOf));
    const gateway = await GatewayProcess.start(
      {},
      {
        contracts: [{ folder: join(import.meta.dirname, 'proto') }],
        upstreams: {
          desk: {
            ...UPSTREAM,
            discovery: directory.discovery,
            ...(authorities && { tls: authorities.tls }),
          },
        },
        log: { level: 'info', successes: 0 },
      },
      REPORTING,
    );
    return new Cluster({ members, gateway, directory, authorities }, folder);
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
    const identity = this.authorities?.backend(member.generation);
    const ledger = join(this.#folder, 'ledger');
    member.backend = await BackendProcess.start(member.name, ledger, identity);
    member.proxy.targetPort = member.backend.port;
  }

  /** A network elsewhere: on another port, and where names tell of addresses on another address. */
  async relocate(member: Member): Promise<void> {
    const host =
      this.directory instanceof DnsDirectory ? `127.0.0.${++this.#addresses}` : undefined;
    member.proxy = await TcpProxy.start(member.backend.port, host);
  }

  /** Tells the gateway where the members are now. */
  announce(): void {
    this.directory.announce(this.members.map(whereaboutsOf));
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

  /** Resolves when the gateway has taken new files for its TLS after `since`. */
  async renewed(since: number): Promise<void> {
    await this.gateway.child.waitFor(
      'that it has new certificates',
      (each) => each.msg === 'certificates or credentials renewed' && timeOf(each) >= since,
    );
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
    await this.directory.stop();
    rmSync(this.#folder, { recursive: true });
    return code;
  }
}

function whereaboutsOf({ name, proxy: { host, port } }: Member): Whereabouts {
  return { name, host, port };
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
