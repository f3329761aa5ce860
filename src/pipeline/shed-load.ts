import type { Priority } from '../contract/policy.ts';
import { WeirError } from '../errors.ts';
import type { LoadShedder } from './load-shedder.ts';
import type { StreamMiddleware, UnaryMiddleware } from './middleware.ts';

/** What the step needs to know of the load. */
export type LoadGauge = Pick<LoadShedder, 'shortageFor' | 'countRefusal'>;

/** Refuses calls that the gateway has no room for, before they cost anything. */
export function createUnaryShedLoad(shedder: LoadGauge): UnaryMiddleware {
  return (next) =>
    function shedLoad(call) {
      refuseWhileShort(shedder, call.method.policy.priority);
      return next(call);
    };
}

export function createStreamShedLoad(shedder: LoadGauge): StreamMiddleware {
  return (next) =>
    async function* shedLoad(call) {
      refuseWhileShort(shedder, call.method.policy.priority);
      yield* next(call);
    };
}

function refuseWhileShort(shedder: LoadGauge, priority: Priority): void {
  const shortage = shedder.shortageFor(priority);
  if (shortage === undefined) return;
  shedder.countRefusal(priority, shortage);
  throw new WeirError(
    'RESOURCE_EXHAUSTED',
    'The gateway has more to do than it can, so calls of this priority are refused for now. The call was not sent.',
    {
      neverSent: true,
      retryAfterMs: 1_000,
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'GATEWAY_OVERLOADED',
          domain: 'weir',
          metadata: { shortage, priority },
        },
      ],
    },
  );
}
