import type { TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { observable, type Unsubscribable } from '@trpc/server/observable';
import { backoffMs } from './backoff.ts';
import { isWeirError } from './is-weir-error.ts';
import { withLastEventId } from './last-event-id.ts';

/**
 * Subscribes again when a stream ended because its backend is away. `wsLink` does so for a lost socket
 * only: to it an error on a living socket is final. The stock `retryLink` counts attempts over the whole
 * life of a subscription; here a message that arrives proves the backend is well and resets the count.
 */
export function resubscribeLink<Router extends AnyTRPCRouter>(
  delayMs: (attempt: number) => number = backoffMs,
): TRPCLink<Router> {
  return () =>
    ({ op, next }) => {
      if (op.type !== 'subscription') return next(op);
      return observable((observer) => {
        let attempt = 0;
        let lastEventId: string | undefined;
        let current: Unsubscribable | undefined;
        let timer: ReturnType<typeof setTimeout> | undefined;

        function subscribe(): void {
          current = next(withLastEventId(op, lastEventId)).subscribe({
            next(envelope) {
              const { result } = envelope;
              if (result.type === undefined || result.type === 'data') {
                attempt = 0;
                lastEventId = result.id ?? lastEventId;
              }
              observer.next(envelope);
            },
            error(error) {
              if (!isBackendAway(error)) return observer.error(error);
              observer.next({
                result: { type: 'state', state: 'connecting', error },
                ...(op.context === undefined ? {} : { context: op.context }),
              });
              timer = setTimeout(subscribe, delayMs(attempt));
              attempt += 1;
            },
            complete: () => observer.complete(),
          });
        }

        subscribe();
        return () => {
          clearTimeout(timer);
          current?.unsubscribe();
        };
      });
    };
}

function isBackendAway(error: unknown): boolean {
  return isWeirError(error) && error.data.grpc.code === 'UNAVAILABLE';
}
