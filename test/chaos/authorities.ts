import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigTree } from '../support/gateway.ts';
import { type Certificates, createCertificates } from '../wire/certificates.ts';
import type { BackendIdentity } from './backend-credentials.ts';

/** More than one run renews; made beforehand, because making them takes the time that callers need. */
const GENERATIONS = 8;

/**
 * Certificates of one authority after the other, and the files by which the gateway knows whom to trust and
 * who it is. Backends take clients of every generation, as an authority's own clients do while it is renewed.
 */
export class Authorities {
  readonly tls: ConfigTree;
  readonly #folder: string;
  readonly #generations: readonly Certificates[];
  #latest = 0;

  constructor(folder: string) {
    this.#folder = join(folder, 'tls');
    mkdirSync(this.#folder);
    this.#generations = Array.from({ length: GENERATIONS }, createCertificates);
    const file = (name: string) => join(this.#folder, name);
    this.tls = {
      ca: file('ca.pem'),
      certificate: file('client.pem'),
      key: file('client.key'),
      serverName: 'localhost',
      poll: '100ms',
    };
    this.trust([0]);
    this.writeClientCertificate(0);
    this.writeClientKey(0);
  }

  /** The number of a generation that nobody uses yet; the oldest again when all were used. */
  next(): number {
    this.#latest = (this.#latest + 1) % GENERATIONS;
    return this.#latest;
  }

  backend(generation: number): BackendIdentity {
    const { server } = this.#of(generation);
    const ca = this.#generations.map((each) => each.ca.toString()).join('');
    return { cert: server.cert.toString(), key: server.key.toString(), ca };
  }

  /** Whose backends the gateway is to take, once it has read the file. */
  trust(generations: readonly number[]): void {
    this.write('ca.pem', generations.map((each) => this.#of(each).ca.toString()).join(''));
  }

  writeClientCertificate(generation: number): void {
    this.write('client.pem', this.#of(generation).client.cert.toString());
  }

  writeClientKey(generation: number): void {
    this.write('client.key', this.#of(generation).client.key.toString());
  }

  write(name: 'ca.pem' | 'client.pem' | 'client.key', content: string): void {
    writeFileSync(join(this.#folder, name), content);
  }

  #of(generation: number): Certificates {
    const found = this.#generations[generation];
    if (found === undefined) throw new RangeError(`no generation ${generation}`);
    return found;
  }
}
