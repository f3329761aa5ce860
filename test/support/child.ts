import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A line of JSON that a process wrote to its standard output. */
export type Line = Readonly<Record<string, unknown>>;

interface Waiter {
  readonly matches: (line: Line) => boolean;
  readonly found: (line: Line) => void;
  readonly failed: (error: Error) => void;
}

/** How long a test waits for a line before it says what it has seen instead, in milliseconds. */
const PATIENCE_MS = 60_000;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Processes that were started here and have not ended. */
export function processesLeft(): readonly number[] {
  return [...running].map(({ pid }) => pid ?? 0);
}

/** A process of Node, whose lines of JSON can be waited for. */
export class Child {
  readonly lines: Line[] = [];
  readonly #process: ChildProcess;
  readonly #name: string;
  readonly #exited: Promise<number | string>;
  readonly #waiters = new Set<Waiter>();
  #text = '';

  /** @param args The script and its arguments, as after `node`. */
  constructor(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#name = name;
    this.#process = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    running.add(this.#process);
    this.#exited = once(this.#process, 'exit').then(([code, signal]) => {
      running.delete(this.#process);
      for (const { failed } of this.#waiters)
        failed(this.#describe(`ended with ${code ?? signal}`));
      return code ?? signal;
    });
    this.#read('stdout', (line) => this.#see(line));
    this.#read('stderr', () => {});
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get alive(): boolean {
    return running.has(this.#process);
  }

  /** Everything that it wrote to both outputs. */
  get text(): string {
    return this.#text;
  }

  /** Resolves to the exit code, or to the signal's name. */
  get exited(): Promise<number | string> {
    return this.#exited;
  }

  /** The first line, past or future, that matches. Rejects when the process ends before that. */
  waitFor(what: string, matches: (line: Line) => boolean): Promise<Line> {
    const seen = this.lines.find(matches);
    if (seen !== undefined) return Promise.resolve(seen);
    if (!running.has(this.#process)) {
      return Promise.reject(this.#describe(`ended before it wrote ${what}`));
    }
    const { promise, resolve, reject } = Promise.withResolvers<Line>();
    const waiter = { matches, found: resolve, failed: reject };
    this.#waiters.add(waiter);
    const timer = setTimeout(
      () => reject(this.#describe(`did not write ${what} in ${PATIENCE_MS} ms`)),
      PATIENCE_MS,
    );
    return promise.finally(() => {
      clearTimeout(timer);
      this.#waiters.delete(waiter);
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /** Asks it to end, waits until it did. A process that does not listen is killed and reported. */
  async stop(): Promise<number | string> {
    if (!running.has(this.#process)) return this.#exited;
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), PATIENCE_MS);
    const code = await this.#exited;
    clearTimeout(timer);
    if (code === 'SIGKILL') throw this.#describe(`did not end on SIGTERM in ${PATIENCE_MS} ms`);
    return code;
  }

  /** As a crash would: no time to say goodbye. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.#exited;
  }

  #read(output: 'stdout' | 'stderr', see: (line: string) => void): void {
    const stream = this.#process[output];
    if (stream === null) throw new Error(`No ${output}`);
    createInterface({ input: stream }).on('line', (line) => {
      this.#text += `${line}\n`;
      see(line);
    });
  }

  #see(text: string): void {
    const line = parseLine(text);
    if (line === undefined) return;
    this.lines.push(line);
    for (const { matches, found } of this.#waiters) if (matches(line)) found(line);
  }

  #describe(what: string): Error {
    return new Error(`${this.#name} ${what}; its output:\n${this.#text.slice(-4_000)}`);
  }
}

function parseLine(text: string): Line | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isLine(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isLine(value: unknown): value is Line {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
