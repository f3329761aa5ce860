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
