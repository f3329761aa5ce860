import type { Call } from './call.ts';
import type { Reply, StreamItem } from './reply.ts';

export type UnaryHandler = (call: Call) => Promise<Reply>;
export type UnaryMiddleware = (next: UnaryHandler) => UnaryHandler;

/** The iteration throws a `WeirError` when the stream was cut, and ends normally only when it is complete. */
export type StreamHandler = (call: Call) => AsyncIterable<StreamItem>;
export type StreamMiddleware = (next: StreamHandler) => StreamHandler;
