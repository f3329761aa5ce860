import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backends } from './backends.ts';
import { Child, type Line } from './child.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const CONFIG_FILE = 'weir.yaml';

/** A configuration as it stands in the file; `src/config/schema.ts` says what may be there. */
export interface ConfigTree {
  readonly [key: string]: ConfigTree | readonly unknown[] | string | number | boolean;
}

/** Request headers of the sample backends' side door, and one that tells the calls of a test apart. */
export const TEST_HEADERS = [
  'x-test-tag',
  'x-sample-delay-ms',
  'x-sample-fail',
  'x-sample-fail-after',
  'x-sample-headers',
  'x-sample-trailers',
];

/** The gateway in a process of its own, as `weir serve` runs it. */
export class GatewayProcess {
  /** For example `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly child: Child;
  /** What it was configured with. */
  readonly configFile: string;
  readonly #folder: string;

  private constructor(url: string, child: Child, folder: string) {
    this.url = url;
    this.configFile = join(folder, CONFIG_FILE);
    this.child = child;
    this.#folder = folder;
  }

  /**
   * @param overrides Laid over {@link testConfig}, mappings merged and all else replaced.
   * @param env Beside the test's own environment.
   */
  static async start(
    upstreams: Readonly<Record<string, string>>,
    overrides: ConfigTree = {},
    env: NodeJS.ProcessEnv = {},
  ): Promise<GatewayProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'weir-gateway-'));
    const file = join(folder, CONFIG_FILE);
    // JSON is YAML (YAML 1.2, 1.3).
    await writeFile(file, JSON.stringify(merge(testConfig(upstreams), overrides)));
    const script = join(ROOT, 'src', 'main.ts');
    const child = new Child('gateway', [script, 'serve', '--config', file], env);
    try {
      const ready = await child.waitFor('its address', ({ msg }) => msg === 'listening');
      return new GatewayProcess(String(ready.url), child, folder);
    } catch (error) {
      await rm(folder, { recursive: true });
      throw error;
    }
  }

  get trpcUrl(): string {
    return `${this.url}/trpc`;
  }

  get webSocketUrl(): string {
    return this.trpcUrl.replace(/^http/, 'ws');
  }

  /** The log line of a finished call. */
  logged(requestId: string): Promise<Line> {
    return this.child.waitFor(
      `the end of ${requestId}`,
      (line) => line.msg === 'call' && line.requestId === requestId,
    );
  }

  /** Ends it with SIGTERM; resolves to its exit code. */
  async stop(): Promise<number | string> {
    const code = await this.child.stop();
    await rm(this.#folder, { recursive: true, force: true });
    return code;
  }
}

/** A gateway in front of both backends. */
export function startGateway(
  { market, orders }: Pick<Backends, 'market' | 'orders'>,
  overrides: ConfigTree = {},
): Promise<GatewayProcess> {
  return GatewayProcess.start({ market: market.address, orders: orders.address }, overrides);
}

function testConfig(upstreams: Readonly<Record<string, string>>): ConfigTree {
  return {
    // Tests tell their calls apart by request ids, which are taken from proxies alone.
    server: { port: 0, shutdownGrace: '5s', trustedProxies: ['127.0.0.1'] },
    contracts: [{ folder: join(ROOT, 'proto') }],
    upstreams: Object.fromEntries(
      Object.entries(upstreams).map(([name, address]) => [name, { endpoints: [address] }]),
    ),
    // What is tested elsewhere than in test/auth is the same for every caller.
    auth: { mode: 'off' },
    metadata: { request: TEST_HEADERS },
    log: { level: 'debug', format: 'json' },
  };
}

function merge(base: ConfigTree, over: ConfigTree): ConfigTree {
  const merged: Record<string, ConfigTree[string]> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isTree(below) && isTree(value) ? merge(below, value) : value;
  }
  return merged;
}

function isTree(value: ConfigTree[string] | undefined): value is ConfigTree {
  return typeof value === 'object' && !Array.isArray(value);
}
