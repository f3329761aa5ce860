import type { Config } from '../config/schema.ts';
import { WeirError } from '../errors.ts';
import type { Call } from './call.ts';
import type { StreamMiddleware, UnaryMiddleware } from './middleware.ts';
import { parseGrpcTimeout } from './parse-grpc-timeout.ts';

/**
 * Gives each call the smallest of three deadlines: what the caller asked for in `grpc-timeout`, what
 * the method's contract says, and what the configuration allows. The transports enforce it.
 */
export function createUnaryDeadline(config: Config['deadline']): UnaryMiddleware {
  return (next) =>
    function setDeadline(call) {
      const timeoutMs = Math.min(call.method.policy.timeoutMs ?? config.default, config.max);
      return next(withDeadline(call, timeoutMs));
    };
}

export function createStreamDeadline(config: Config['deadline']): StreamMiddleware {
  return (next) =>
    async function* setDeadline(call) {
      const timeoutMs = Math.min(
        call.method.policy.timeoutMs ?? config.maxStream,
        config.maxStream,
      );
      yield* next(withDeadline(call, timeoutMs));
    };
}

function withDeadline(call: Call, timeoutMs: number): Call {
  const header = call.headers['grpc-timeout'];
  const asked = typeof header === 'string' ? parseGrpcTimeout(header) : Number.POSITIVE_INFINITY;
  const smallest = Math.min(asked, timeoutMs);
  if (smallest <= 0) throw new WeirError('DEADLINE_EXCEEDED', 'The deadline had already passed.');
  return { ...call, deadline: performance.now() + smallest, hurried: asked < timeoutMs };
}
