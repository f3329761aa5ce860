import type { TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { observable, type Unsubscribable } from '@trpc/server/observable';
import { findDetail } from './find-detail.ts';
import { isWeirError } from './is-weir-error.ts';
import { withLastEventId } from './last-event-id.ts';

/** Sees to it that the next attempt has newer credentials, over HTTP and on an open socket. */
export interface Renewal {
  renew(): Promise<void>;
}

/** What a newer token cures: a call that Weir refused for one of these was not made. */
const CURABLE = new Set(['TOKEN_EXPIRED', 'TOKEN_REVOKED', 'TOKEN_KEY_UNKNOWN']);

/** Who is refused hears it at once: what lived for longer, even in silence, had been let in. */
const LET_IN_MS = 10_000;

/**
 * Renews and tries once more where a token had died: after a laptop slept, or when a stream ends because
 * somebody signed out and the method is open to everybody. A stream goes on after its last event.
 */
export function renewLink<Router extends AnyTRPCRouter>(renewal: Renewal): TRPCLink<Router> {
  return () =>
    ({ op, next }) =>
      observable((observer) => {
        let renewedAtMs = Number.NEGATIVE_INFINITY;
        let left = false;
        let lastEventId: string | undefined;
        let current: Unsubscribable | undefined;

        function attempt(): void {
          current = next(withLastEventId(op, lastEventId)).subscribe({
            next(envelope) {
              const { result } = envelope;
              if (result.type === undefined || result.type === 'data') {
                // What brings messages was let in: its token may die again later.
                renewedAtMs = Number.NEGATIVE_INFINITY;
                lastEventId = result.id ?? lastEventId;
              }
              observer.next(envelope);
            },
            error(error) {
              if (Date.now() - renewedAtMs < LET_IN_MS || !isCurable(error)) {
                observer.error(error);
                return;
              }
              renewedAtMs = Date.now();
              if (op.type === 'subscription') {
                observer.next({
                  result: { type: 'state', state: 'connecting', error },
                  ...(op.context === undefined ? {} : { context: op.context }),
                });
              }
              renewal.renew().then(
                () => left || attempt(),
                () => observer.error(error),
              );
            },
            complete: () => observer.complete(),
          });
        }

        attempt();
        return () => {
          left = true;
          current?.unsubscribe();
        };
      });
}

function isCurable(error: unknown): boolean {
  if (!isWeirError(error) || error.data.grpc.code !== 'UNAUTHENTICATED') return false;
  const info = findDetail(error, 'google.rpc.ErrorInfo');
  // A backend may use the same words of a token of its own, after it has begun with the call.
  return info?.domain === 'weir' && CURABLE.has(info.reason ?? '');
}
