import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** RFC 1035 §3.2.2, RFC 3596, RFC 2782. */
const TYPES = { A: 1, AAAA: 28, SRV: 33 } as const;
type RecordType = keyof typeof TYPES;

/** RFC 1035 §4.1.1. */
const RCODES = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;
export type NameFault = keyof typeof RCODES | 'silence';

interface SrvData {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

interface ResourceRecord {
  readonly data: string | SrvData;
  readonly ttl: number;
}

interface Question {
  readonly name: string;
  readonly type: number;
  /** As it stands in the query, to be repeated in the answer. */
  readonly octets: Buffer;
}

/** A name server on loopback that says what a test tells it to: truths, lies and nothing. */
export class NameServer {
  readonly #socket: Socket;
  readonly #zone = new Map<string, readonly ResourceRecord[]>();
  readonly #faults = new Map<string, NameFault>();
  readonly #asked: string[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (query, from) => {
      const answer = this.#answer(query);
      if (answer !== undefined) socket.send(answer, from.port, from.address);
    });
  }

  static async start(): Promise<NameServer> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new NameServer(socket);
  }

  /** `127.0.0.1:port`, as `servers` takes it. */
  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  /** `A name` and the like, in the order asked. */
  get asked(): readonly string[] {
    return this.#asked;
  }

  set(type: RecordType, name: string, data: readonly (string | SrvData)[], ttl = 60): void {
    this.#faults.delete(`${type} ${name}`);
    this.#zone.set(
      `${type} ${name}`,
      data.map((each) => ({ data: each, ttl })),
    );
  }

  fail(type: RecordType, name: string, fault: NameFault): void {
    this.#faults.set(`${type} ${name}`, fault);
  }

  async stop(): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }

  #answer(query: Buffer): Buffer | undefined {
    const question = readQuestion(query);
    const type = Object.entries(TYPES).find(([, number]) => number === question.type)?.[0];
    const key = `${type} ${question.name}`;
    this.#asked.push(key);
    const fault = this.#faults.get(key);
    if (fault === 'silence') return undefined;
    const exists = [...this.#zone.keys()].some((each) => each.endsWith(` ${question.name}`));
    if (fault !== undefined) return toAnswer(query, question, RCODES[fault], []);
    return toAnswer(query, question, exists ? 0 : RCODES.NXDOMAIN, this.#zone.get(key) ?? []);
  }
}

/** RFC 1035 §4.1.2; queries compress no names. */
function readQuestion(query: Buffer): Question {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const octets = query.subarray(12, at + 5);
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), octets };
}

function toAnswer(
  query: Buffer,
  question: Question,
  rcode: number,
  records: readonly ResourceRecord[],
): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(query.readUInt16BE(0), 0);
  // A response to a recursive query, with recursion available.
  header.writeUInt16BE(0x8180 | rcode, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  const answers = records.map(({ data, ttl }) => {
    const rdata = typeof data === 'string' ? toAddress(data) : toSrv(data);
    const fixed = Buffer.alloc(12);
    // The name is that of the question, which begins at octet 12 (§4.1.4).
    fixed.writeUInt16BE(0xc00c, 0);
    fixed.writeUInt16BE(question.type, 2);
    fixed.writeUInt16BE(1, 4);
    fixed.writeUInt32BE(ttl, 6);
    fixed.writeUInt16BE(rdata.length, 10);
    return Buffer.concat([fixed, rdata]);
  });
  return Buffer.concat([header, question.octets, ...answers]);
}

/** IPv6 in its short form with one `::`. */
function toAddress(text: string): Buffer {
  if (!text.includes(':')) return Buffer.from(text.split('.').map(Number));
  const [head = '', tail = ''] = text.split('::');
  const groups = (part: string) => part.split(':').filter(Boolean);
  const zeros = Array<string>(8 - groups(head).length - groups(tail).length).fill('0');
  const octets = Buffer.alloc(16);
  [...groups(head), ...zeros, ...groups(tail)].forEach((group, index) => {
    octets.writeUInt16BE(Number.parseInt(group, 16), 2 * index);
  });
  return octets;
}

function toSrv({ priority, weight, port, target }: SrvData): Buffer {
  const numbers = Buffer.alloc(6);
  numbers.writeUInt16BE(priority, 0);
  numbers.writeUInt16BE(weight, 2);
  numbers.writeUInt16BE(port, 4);
  const labels = target
    .split('.')
    .map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1'));
  return Buffer.concat([numbers, ...labels, Buffer.alloc(1)]);
}
