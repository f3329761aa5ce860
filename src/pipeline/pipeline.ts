import { ANONYMOUS } from '../auth/identity.ts';
import type { Config } from '../config/schema.ts';
import type { Method } from '../contract/method.ts';
import {
  type AuthenticateOptions,
  createStreamAuthenticate,
  createUnaryAuthenticate,
} from './authenticate.ts';
import { type AuthoriseOptions, createStreamAuthorise, createUnaryAuthorise } from './authorise.ts';
import { createUnaryCache } from './cache.ts';
import type { Call } from './call.ts';
import type { SnapshotCost } from './caller-cost.ts';
import { createStreamDeadline, createUnaryDeadline } from './deadline.ts';
import { createUnaryFallback, type FallbackOptions } from './fallback.ts';
import { createStreamLimit, createUnaryLimit } from './limit.ts';
import type {
  StreamHandler,
  StreamMiddleware,
  UnaryHandler,
  UnaryMiddleware,
} from './middleware.ts';
import type { AuthenticatedCall, PermittedCall } from './permitted-call.ts';
import { createStreamRecord, createUnaryRecord, type RecordOptions } from './record.ts';
import { createStreamShedLoad, createUnaryShedLoad, type LoadGauge } from './shed-load.ts';

export interface PipelineOptions {
  readonly config: Pick<Config, 'deadline'>;
  readonly record: RecordOptions;
  readonly shedder: LoadGauge;
  readonly cost: SnapshotCost;
  readonly authenticate: AuthenticateOptions;
  readonly authorise: AuthoriseOptions;
  readonly fallback: FallbackOptions;
}

/**
 * The caller's half of a call: everything Weir asks about the one who calls, in this order. What stands
 * at its end takes a `PermittedCall`, so nothing reaches a backend around the permit.
 */
export interface Pipeline {
  readonly unary: UnaryMiddleware<Call, PermittedCall>;
  readonly stream: StreamMiddleware<Call, PermittedCall>;
  /** For what Weir answers itself: recorded and limited by address, and nobody has to be known for it. */
  readonly own: UnaryMiddleware;
  /** Whether answers of this method are given again. */
  readonly caches: (method: Method) => boolean;
}

export function createPipeline(options: PipelineOptions): Pipeline {
  const { config, record, shedder, cost } = options;
  const unary = {
    anybody: [
      // First, so that every refusal below is recorded too.
      createUnaryRecord(record),
      // A gateway that is overloaded has no time to find out whose calls it refuses.
      createUnaryShedLoad(shedder),
      // Before anything that may wait.
      createUnaryDeadline(config.deadline),
    ],
    authenticate: createUnaryAuthenticate(options.authenticate),
    known: [
      // As soon as it is known whose call it is: one too many should cost as little as can be.
      createUnaryLimit(cost.limit),
    ],
    authorise: createUnaryAuthorise(options.authorise),
    permitted: [
      // Where even the cache has nothing to give.
      createUnaryFallback(options.fallback),
      // Nobody is given an answer again that he may not ask for.
      createUnaryCache(cost.cache),
    ],
  };
  const stream = {
    anybody: [
      createStreamRecord(record),
      createStreamShedLoad(shedder),
      createStreamDeadline(config.deadline),
    ],
    authenticate: createStreamAuthenticate(options.authenticate),
    known: [createStreamLimit(cost.limit)],
    authorise: createStreamAuthorise(options.authorise),
    permitted: [] satisfies StreamMiddleware<PermittedCall>[],
  };
  return {
    caches: (method) => cost.cache.ruleOf(method) !== undefined,
    own(innermost) {
      const limited = chainUnary<AuthenticatedCall>(unary.known, innermost);
      return chainUnary<Call>(unary.anybody, (call) => limited({ ...call, identity: ANONYMOUS }));
    },
    unary(innermost) {
      const permitted = chainUnary<PermittedCall>(unary.permitted, innermost);
      const known = chainUnary<AuthenticatedCall>(unary.known, unary.authorise(permitted));
      return chainUnary<Call>(unary.anybody, unary.authenticate(known));
    },
    stream(innermost) {
      const permitted = chainStream<PermittedCall>(stream.permitted, innermost);
      const known = chainStream<AuthenticatedCall>(stream.known, stream.authorise(permitted));
      return chainStream<Call>(stream.anybody, stream.authenticate(known));
    },
  };
}

function chainUnary<C extends Call>(
  steps: readonly UnaryMiddleware<C>[],
  innermost: UnaryHandler<C>,
): UnaryHandler<C> {
  return steps.reduceRight((next, step) => step(next), innermost);
}

function chainStream<C extends Call>(
  steps: readonly StreamMiddleware<C>[],
  innermost: StreamHandler<C>,
): StreamHandler<C> {
  return steps.reduceRight((next, step) => step(next), innermost);
}
