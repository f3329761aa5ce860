import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { LOAD_CORE } from '../cores.ts';
import { BUILD } from '../places.ts';
import { lastJson } from './run-tool.ts';

export interface MessageCount {
  readonly messages: number;
  readonly seconds: number;
  /** Ages of messages on arrival. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Many WebSockets in one native process on the load core. */
export class WebSockets {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(port: number, path: string, sockets: number) {
    const program = join(BUILD, 'ws-subscribers');
    const args = ['--cpu-list', String(LOAD_CORE), program, String(port), path, String(sockets)];
    this.#child = spawn('taskset', args, { stdio: ['pipe', 'pipe', 'inherit'] });
    if (!this.#child.stdout) throw new Error('The child has no standard output.');
    this.#answers = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** Connects them all. */
  async open(): Promise<void> {
    await this.#ask('open');
  }

  /** Sends one message on each; `#` in it becomes the number of one of 100 topics. */
  async subscribe(message: string): Promise<void> {
    await this.#ask(`subscribe ${message}`);
  }

  async count(seconds: number): Promise<MessageCount> {
    const answer = await this.#ask(`count ${seconds}`);
    const { messages = 0, seconds: took = 0, p50Ms = 0, p99Ms = 0 } = answer;
    return { messages, seconds: took, p50Ms, p99Ms };
  }

  close(): void {
    this.#child.stdin?.end();
  }

  async #ask(order: string): Promise<Record<string, number>> {
    this.#child.stdin?.write(`${order}\n`);
    const answer = await this.#answers.next();
    if (answer.done) throw new Error(`ws-subscribers ended while asked to ${order}.`);
    const result = lastJson(answer.value);
    if (result.closed) throw new Error(`${result.closed} WebSockets were closed by the server.`);
    return result;
  }
}
