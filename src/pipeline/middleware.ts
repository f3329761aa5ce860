import type { Call } from './call.ts';
import type { Reply, StreamItem } from './reply.ts';

/**
 * Answers at once where nothing has to be waited for: a cached answer under limits in memory makes no
 * promise on its way. A step with nothing to wait for is a plain function that hands on what its `next`
 * returns, because an `async` one costs every call three turns of the microtask queue. So a handler may
 * also throw at once; whoever calls one does it with `await` inside `try`, or asks `instanceof Promise`.
 */
export type UnaryHandler<C extends Call = Call> = (call: C) => Reply | Promise<Reply>;

/** A step that is asked with a call of `In` and goes on with one of `Out`, which knows more. */
export type UnaryMiddleware<In extends Call = Call, Out extends Call = In> = (
  next: UnaryHandler<Out>,
) => UnaryHandler<In>;

/** The iteration throws a `WeirError` when the stream was cut, and ends normally only when it is complete. */
export type StreamHandler<C extends Call = Call> = (call: C) => AsyncIterable<StreamItem>;
export type StreamMiddleware<In extends Call = Call, Out extends Call = In> = (
  next: StreamHandler<Out>,
) => StreamHandler<In>;
