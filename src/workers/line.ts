import { isGrpcCode, WeirError } from '../errors.ts';

/** What one end of a line answers, by name: a function from the question to the answer. */
// biome-ignore lint/suspicious/noExplicitAny: a constraint; each duty states what it takes.
type Duties<T> = { readonly [Name in keyof T]: (question: any) => unknown };

type Message =
  | { readonly kind: 'ask'; readonly id: number; readonly name: string; readonly question: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | {
      readonly kind: 'failure';
      readonly id: number;
      readonly code: string;
      readonly message: string;
    };

/** Generous: whoever is asked is a process on the same machine. */
const ANSWER_WITHIN_MS = 5_000;

/**
 * Questions and answers between two processes. Neither waits for ever: a question ends with its answer,
 * with the time limit, or with the other end. What arrives is trusted, since both ends run the same program.
 */
export class Line<Theirs extends Duties<Theirs>, Own extends Duties<Own>> {
  readonly #send: (message: Message) => void;
  readonly #duties: ReadonlyMap<string, (question: unknown) => unknown>;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;
  #closed = false;

  constructor(send: (message: Message) => void, own: Own) {
    this.#send = send;
    this.#duties = new Map(Object.entries<(question: unknown) => unknown>(own));
  }

  /** @throws WeirError of the other end; DEADLINE_EXCEEDED or UNAVAILABLE where it does not answer. */
  async ask<Name extends keyof Theirs & string>(
    name: Name,
    question: Parameters<Theirs[Name]>[0],
    withinMs = ANSWER_WITHIN_MS,
  ): Promise<Awaited<ReturnType<Theirs[Name]>>> {
    if (this.#closed) throw gone();
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answer);
    const late = new WeirError('DEADLINE_EXCEEDED', 'A process of the gateway does not answer.');
    const timer = setTimeout(() => answer.reject(late), withinMs);
    try {
      // Inside, for it throws where the question cannot be copied.
      this.#send({ kind: 'ask', id, name, question });
      // The other end declares the answer's type by the same duty.
      return (await answer.promise) as Awaited<ReturnType<Theirs[Name]>>;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  receive(message: unknown): void {
    if (!isMessage(message)) return;
    if (message.kind === 'ask') void this.#answer(message.id, message.name, message.question);
    else if (message.kind === 'answer') this.#waiting.get(message.id)?.resolve(message.value);
    else {
      const { code, message: text } = message;
      const error = new WeirError(isGrpcCode(code) ? code : 'INTERNAL', text);
      this.#waiting.get(message.id)?.reject(error);
    }
  }

  /** The other end is gone: nobody will answer any more. */
  close(): void {
    this.#closed = true;
    for (const { reject } of this.#waiting.values()) reject(gone());
  }

  async #answer(id: number, name: string, question: unknown): Promise<void> {
    try {
      const duty = this.#duties.get(name);
      if (duty === undefined) throw new TypeError(`nobody answers "${name}"`);
      const value = await duty(question);
      this.#send({ kind: 'answer', id, value });
    } catch (thrown) {
      const { code, message } = WeirError.from(thrown);
      this.#send({ kind: 'failure', id, code, message });
    }
  }
}

function gone(): WeirError {
  return new WeirError('UNAVAILABLE', 'That process of the gateway has ended.');
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && 'kind' in value && 'id' in value;
}
