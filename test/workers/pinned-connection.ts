import { once } from 'node:events';
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http';
import type { GatewayProcess } from '../support/gateway.ts';

export interface PinnedAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * One connection of its own, kept alive, so that all that is sent over it reaches one worker. The gateway
 * must have `admin.whenAuthOff: open`, for that is how it is asked which one.
 */
export class PinnedConnection {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Rejects when the connection is cut. */
  async send(path: string, options: RequestOptions = {}, body = ''): Promise<PinnedAnswer> {
    const asked = request(`${this.#url}${path}`, { ...options, agent: this.#agent });
    asked.end(body);
    const [response]: IncomingMessage[] = await once(asked, 'response');
    if (response === undefined) throw new Error('no response');
    let text = '';
    for await (const piece of response.setEncoding('utf8')) text += piece;
    return { status: response.statusCode ?? 0, text };
  }

  async json(path: string, options: RequestOptions = {}, body = ''): Promise<unknown> {
    return JSON.parse((await this.send(path, options, body)).text);
  }

  query(procedure: string, input: unknown, headers: RequestOptions['headers'] = {}) {
    const query = encodeURIComponent(JSON.stringify(input));
    return this.send(`/trpc/${procedure}?input=${query}`, { headers });
  }

  async worker(): Promise<unknown> {
    const body = await this.json('/admin/services');
    return typeof body === 'object' && body !== null && 'worker' in body ? body.worker : undefined;
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Connections are handed out in turn, so the wanted worker soon gets one. */
export async function connectTo(
  gateway: GatewayProcess,
  worker: number,
): Promise<PinnedConnection> {
  for (;;) {
    const connection = new PinnedConnection(gateway.url);
    if ((await connection.worker()) === worker) return connection;
    connection.close();
  }
}

/** The process of a worker: of its last start, or of the one after `not`. */
export async function pidOf(gateway: GatewayProcess, worker: number, not = 0): Promise<number> {
  const line = await gateway.child.waitFor(
    `that worker ${worker} serves`,
    (each) => each.msg === 'a worker serves' && each.worker === worker && each.pid !== not,
  );
  return Number(line.pid);
}
