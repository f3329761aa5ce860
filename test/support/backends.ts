import { join } from 'node:path';
import { Child, type Line } from './child.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'examples', 'backends');

export type BackendName = 'market' | 'orders';

/** One sample backend in its own process, reporting what happens to each call. */
export class BackendProcess {
  readonly name: BackendName;
  readonly address: string;
  readonly child: Child;

  private constructor(name: BackendName, address: string, child: Child) {
    this.name = name;
    this.address = address;
    this.child = child;
  }

  /** @param port 0 lets the system choose; a number brings a backend back where it was. */
  static async start(name: BackendName, port = 0): Promise<BackendProcess> {
    const script = join(FOLDER, `${name}.ts`);
    const args = [script, '--port', `${port}`, '--seed', '1', '--step-ms', '50', '--report'];
    const child = new Child(name, args);
    const ready = await child.waitFor('its address', (line) => 'listening' in line);
    return new BackendProcess(name, String(ready.listening), child);
  }

  get port(): number {
    return Number(this.address.split(':').at(-1));
  }

  /** What it saw of calls of one method, oldest first. */
  events(rpcPath: string): Line[] {
    return this.child.lines.filter(({ method }) => method === rpcPath);
  }

  /** The event of that kind for the call with that request id, once it happened. */
  saw(event: 'call' | 'cancelled' | 'ended', requestId: string): Promise<Line> {
    return this.child.waitFor(
      `${event} of ${requestId}`,
      (line) => line.event === event && line.id === requestId,
    );
  }
}

/** The backend's report of the call that carries `x-test-tag: tag`, once it arrived. */
export async function arrivalOf(
  { child }: BackendProcess,
  tag: string,
): Promise<{ id: string; timeoutMs: number | null; metadata: Readonly<Record<string, string[]>> }> {
  const isTagged = (line: Line): line is Line & Awaited<ReturnType<typeof arrivalOf>> =>
    line.event === 'call' && tagOf(line) === tag;
  const line = await child.waitFor(`a call tagged ${tag}`, isTagged);
  if (!isTagged(line)) throw new Error('waitFor gave a line that does not match');
  return line;
}

/** How many calls that carry `x-test-tag: tag` have arrived so far. */
export function arrivals({ child }: BackendProcess, tag: string): number {
  return child.lines.filter((line) => line.event === 'call' && tagOf(line) === tag).length;
}

function tagOf({ metadata }: Line): unknown {
  if (typeof metadata !== 'object' || metadata === null || !('x-test-tag' in metadata)) return '';
  return String(metadata['x-test-tag']);
}

export interface Backends {
  readonly market: BackendProcess;
  readonly orders: BackendProcess;
  stop(): Promise<void>;
}

/** Both sample backends, on ports of their own. */
export async function startBackends(): Promise<Backends> {
  const [market, orders] = await Promise.all([
    BackendProcess.start('market'),
    BackendProcess.start('orders'),
  ]);
  return {
    market,
    orders,
    async stop() {
      await Promise.all([market.child.stop(), orders.child.stop()]);
    },
  };
}
