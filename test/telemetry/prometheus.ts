import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const RULES = join(import.meta.dirname, '..', '..', 'deploy', 'prometheus', '*-rules.yaml');

/** Debian's Prometheus on a free port, scraping one target four times a second by the deployed rules. */
export class Prometheus {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
  }

  static async start(target: string): Promise<Prometheus> {
    const folder = await mkdtemp(join(tmpdir(), 'weir-prometheus-'));
    const config = join(folder, 'prometheus.yaml');
    // JSON is YAML (YAML 1.2, 1.3).
    await writeFile(
      config,
      JSON.stringify({
        global: { scrape_interval: '250ms', scrape_timeout: '250ms', evaluation_interval: '100ms' },
        scrape_configs: [{ job_name: 'weir', static_configs: [{ targets: [target] }] }],
        rule_files: [RULES],
      }),
    );
    const args = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
      '--enable-feature=exemplar-storage',
    ];
    const child = spawn('prometheus', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    if (child.stderr === null) throw new Error('No stderr');
    for await (const line of createInterface({ input: child.stderr })) {
      log += `${line}\n`;
      const address = /msg="Listening on" address=(\S+)/.exec(line)?.[1];
      if (address !== undefined) {
        child.stderr.resume();
        return new Prometheus(`http://${address}`, child, folder);
      }
    }
    throw new Error(`prometheus did not start:\n${log}`);
  }

  /** What `/api/v1/<path>` answers, its `data`; throws with Prometheus's own words when it refuses. */
  async ask(path: string, params: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const response = await fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(params)}`);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} ${JSON.stringify(params)}: ${text}`);
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null && 'data' in answer ? answer.data : answer;
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
    await rm(this.#folder, { recursive: true });
  }
}
