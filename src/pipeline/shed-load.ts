import type { Priority } from '../contract/policy.ts';
import { WeirError } from '../errors.ts';
import type { LoadShedder } from './load-shedder.ts';
import type { StreamMiddleware, UnaryMiddleware } from './middleware.ts';

/** Refuses calls that the gateway has no room for, before they cost anything. */
export function createUnaryShedLoad(shedder: Pick<LoadShedder, 'shortageFor'>): UnaryMiddleware {
  return (next) =>
    function shedLoad(call) {
      refuseWhileShort(shedder, call.method.policy.priority);
      return next(call);
    };
}

export function createStreamShedLoad(shedder: Pick<LoadShedder, 'shortageFor'>): StreamMiddleware {
  return (next) =>
    async function* shedLoad(call) {
      refuseWhileShort(shedder, call.method.policy.priority);
      yield* next(call);
    };
}

function refuseWhileShort(shedder: Pick<LoadShedder, 'shortageFor'>, priority: Priority): void {
  const shortage = shedder.shortageFor(priority);
  if (shortage === undefined) return;
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
