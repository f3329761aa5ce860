import type { JsonObject } from '@bufbuild/protobuf';
import type { BenchCall } from './call.ts';
import type { Command } from './pinned-process.ts';
import type { Protocol } from './protocol.ts';

/**
 * What a subject serves:
 * - `gateway`: the calls of the contract, each asked of the backend;
 * - `front`: the wire alone, with a handler that answers at once;
 * - `sockets`: tRPC subscriptions over WebSocket with a source in the same process.
 */
export type Setup = 'gateway' | 'front' | 'sockets';

/** What a subject needs to know to start. */
export interface Stage {
  readonly port: number;
  readonly backendPort: number;
  /** The calls of the scenario. */
  readonly calls: readonly BenchCall[];
  /** How many calls one request carries. */
  readonly batch: number;
  /** For the set-up `sockets`: how often the source has something for each subscription. */
  readonly messagesPerSecond?: number;
  readonly weir: WeirChanges;
  readonly bare: WeirChanges;
}

/** What a scenario asks of Weir alone, because it is about that. */
export interface WeirChanges {
  /** Top-level sections of `weir.yaml`. */
  readonly config?: JsonObject;
  /** Fields of `weir.v1.MethodPolicy`, for every method. */
  readonly policy?: JsonObject;
  /** Sent with every request to Weir. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Something that answers the bench's calls. */
export interface Subject {
  readonly name: string;
  readonly protocol: Protocol;
  /** Takes part only in scenarios that name it. */
  readonly onlyWhereNamed?: boolean;
  /** How it is started, by set-up; a set-up that is missing is one it does not take part in. */
  readonly commands: Partial<Record<Setup, (stage: Stage) => Command>>;
}

/** A TypeScript file run by the Node that runs the bench. */
export function nodeCommand(file: string, env: Record<string, string>): Command {
  return { program: process.execPath, args: [file], env: { NODE_ENV: 'production', ...env } };
}
