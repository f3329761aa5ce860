import { writeFileSync } from 'node:fs';
import type { ConfigTree } from '../support/gateway.ts';
import { type NameFault, NameServer } from '../support/name-server.ts';

export interface Whereabouts {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** Where the gateway learns which endpoints there are. */
export interface Directory {
  /** As it stands in `discovery`. */
  readonly discovery: ConfigTree;
  announce(members: readonly Whereabouts[]): void;
  stop(): Promise<void>;
}

export class FileDirectory implements Directory {
  readonly discovery: ConfigTree;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    this.discovery = { file, poll: '200ms' };
  }

  announce(members: readonly Whereabouts[]): void {
    const endpoints = members.map(({ host, port }) => ({ address: `${host}:${port}` }));
    writeFileSync(this.#file, JSON.stringify(endpoints));
  }

  async stop(): Promise<void> {}
}

const SERVICE = '_desk._tcp.chaos.test';

/** SRV records, with a host name for each member and its address, from a name server that can be made to fail. */
export class DnsDirectory implements Directory {
  readonly discovery: ConfigTree;
  readonly #server: NameServer;
  #members: readonly Whereabouts[] = [];
  #fault: NameFault | undefined;

  private constructor(server: NameServer) {
    this.#server = server;
    const servers = [server.address];
    this.discovery = { dns: { name: SERVICE, servers, timeout: '300ms', minRefresh: '200ms' } };
  }

  static async start(): Promise<DnsDirectory> {
    return new DnsDirectory(await NameServer.start());
  }

  announce(members: readonly Whereabouts[]): void {
    this.#members = members;
    this.#publish();
  }

  /** What every question is answered instead; undefined for the truth. */
  fail(fault: NameFault | undefined): void {
    this.#fault = fault;
    this.#publish();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  #publish(): void {
    const server = this.#server;
    const target = ({ name }: Whereabouts) => `${name}.chaos.test`;
    const records = this.#members.map((each) => ({
      priority: 0,
      weight: 1,
      port: each.port,
      target: target(each),
    }));
    server.set('SRV', SERVICE, records, 1);
    for (const each of this.#members) server.set('A', target(each), [each.host], 1);
    if (this.#fault === undefined) return;
    server.fail('SRV', SERVICE, this.#fault);
    for (const each of this.#members) server.fail('A', target(each), this.#fault);
  }
}
