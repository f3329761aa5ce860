import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The clock tick of `/proc`, which Linux has fixed at 10 ms for programs. */
const SECONDS_PER_TICK = 0.01;

const running = new Set<PinnedProcess>();

// A run that stops early must not leave its subjects behind.
process.on('exit', () => {
  for (const each of running) each.kill();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

/** Ends whatever a run has left beside its subjects, which would keep it from ending. */
export async function stopAll(): Promise<void> {
  await Promise.all(Array.from(running, (each) => each.stop()));
}

/** One process and its children on one core, with what `/proc` says about them. */
export class PinnedProcess {
  readonly #child: ChildProcess;
  readonly exited: Promise<void>;
  #log = '';
  #gone = false;

  constructor({ program, args, env }: Command, core: number) {
    this.#child = spawn('taskset', ['--cpu-list', String(core), program, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer) => {
      this.#log = (this.#log + chunk.toString()).slice(-4_000);
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
    running.add(this);
    this.exited = new Promise((resolve) => {
      const settle = () => {
        this.#gone = true;
        running.delete(this);
        resolve();
      };
      this.#child.on('exit', settle);
      this.#child.on('error', (error) => {
        this.#log += error.message;
        settle();
      });
    });
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** The last 4,000 characters that it printed. */
  get log(): string {
    return this.#log;
  }

  /** User and system time of the process and all its children, in seconds. */
  cpuSeconds(): number {
    return this.#ids().reduce((sum, id) => sum + cpuTicks(id), 0) * SECONDS_PER_TICK;
  }

  /** How long the process and its children were ready to run and did not get their core, in seconds. */
  waitedSeconds(): number {
    return this.#ids().reduce((sum, id) => sum + waitedNanoseconds(id), 0) / 1e9;
  }

  /** Resident memory of the process and its children, in MB of 2^20 bytes. */
  rssMb(): number {
    return this.#ids().reduce((sum, id) => sum + residentKb(id), 0) / 1024;
  }

  async stop(): Promise<void> {
    if (this.#gone) return;
    this.#child.kill('SIGTERM');
    const impatience = setTimeout(() => this.kill(), 2_000);
    await this.exited;
    clearTimeout(impatience);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #ids(): number[] {
    const { pid } = this.#child;
    return pid === undefined || this.#gone ? [] : [pid, ...descendants(pid)];
  }
}

function descendants(id: number): number[] {
  const children = readdirSync(`/proc/${id}/task`).flatMap((task) =>
    readFileSync(`/proc/${id}/task/${task}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number),
  );
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function cpuTicks(id: number): number {
  const text = readFileSync(`/proc/${id}/stat`, 'utf8');
  // proc(5): the name in parentheses may hold spaces, so count from behind it; utime is field 14,
  // then stime, and both again for children that have ended.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}

/** Of the main thread: sched-stats(5) of the kernel, time on the core, time waited for it, slices. */
function waitedNanoseconds(id: number): number {
  return Number(readFileSync(`/proc/${id}/schedstat`, 'utf8').split(' ')[1]);
}

function residentKb(id: number): number {
  const [, kb = '0'] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${id}/status`, 'utf8')) ?? [];
  return Number(kb);
}
