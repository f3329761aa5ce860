import { Metadata, type ServerUnaryCall } from '@grpc/grpc-js';
import type { Report } from './report.ts';
import { readSideDoor, type SideDoor } from './side-door.ts';
import { StatusError } from './status-error.ts';

/** What calls of all four kinds have in common. */
export type ServerCall = Pick<
  ServerUnaryCall<unknown, unknown>,
  'metadata' | 'getPath' | 'getDeadline' | 'sendMetadata'
> & { on(event: 'cancelled', listener: () => void): unknown };

/** What a method may know of its call beside the request. */
export interface CallContext {
  readonly metadata: Metadata;
  /** Aborted when the caller left, the deadline passed, or the server stops. */
  readonly signal: AbortSignal;
}

/** One running call, watched from its first byte to its status. */
export class RunningCall implements CallContext {
  readonly metadata: Metadata;
  readonly #abort = new AbortController();
  readonly #method: string;
  readonly #id: string;
  readonly #report: Report;
  readonly #call: ServerCall;
  #messages = 0;
  #ended = false;
  #door: SideDoor | undefined;

  constructor(call: ServerCall, report: Report) {
    this.#call = call;
    this.#report = report;
    this.#method = call.getPath();
    this.metadata = call.metadata;
    this.#id = this.metadata.get('x-request-id')[0]?.toString() ?? '';
    const deadline = toEpochMs(call.getDeadline());
    report({
      event: 'call',
      method: this.#method,
      id: this.#id,
      timeoutMs: deadline === undefined ? null : Math.round(deadline - Date.now()),
      metadata: toRecord(this.metadata),
    });
    call.on('cancelled', () => {
      // grpc-js says so as well when the connection closes after the status was sent.
      if (this.#ended) return;
      const reason = deadline !== undefined && Date.now() >= deadline ? 'deadline' : 'caller';
      report({ event: 'cancelled', method: this.#method, id: this.#id, reason });
      this.abort(new StatusError('CANCELLED', 'The call was cancelled'));
    });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Read on first use, so that a wrong value fails the call as any other refusal does. */
  get door(): SideDoor {
    this.#door ??= readSideDoor(this.metadata);
    return this.#door;
  }

  abort(reason: StatusError): void {
    if (!this.signal.aborted) this.#abort.abort(reason);
  }

  sendHeaders(): void {
    if (this.door.headers.length > 0) this.#call.sendMetadata(toMetadata(this.door.headers));
  }

  get trailers(): Metadata {
    return toMetadata(this.#door?.trailers ?? []);
  }

  countMessage(): void {
    this.#messages += 1;
  }

  get messages(): number {
    return this.#messages;
  }

  ended(status: string): void {
    this.#ended = true;
    this.#report({
      event: 'ended',
      method: this.#method,
      id: this.#id,
      status,
      messages: this.#messages,
    });
  }
}

function toEpochMs(deadline: Date | number): number | undefined {
  const ms = Number(deadline);
  return Number.isFinite(ms) ? ms : undefined;
}

function toMetadata(pairs: SideDoor['headers']): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of pairs) {
    metadata.add(name, name.endsWith('-bin') ? Buffer.from(value, 'base64') : value);
  }
  return metadata;
}

function toRecord(metadata: Metadata): Record<string, string[]> {
  return Object.fromEntries(
    Object.keys(metadata.getMap()).map((name) => [
      name,
      metadata
        .get(name)
        .map((value) => (typeof value === 'string' ? value : value.toString('base64'))),
    ]),
  );
}
