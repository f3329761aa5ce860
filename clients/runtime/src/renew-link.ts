import type { TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { observable, type Unsubscribable } from '@trpc/server/observable';
import { findDetail } from './find-detail.ts';
import { isWeirError } from './is-weir-error.ts';
import type { WeirSession } from './session.ts';

/** What a newer token cures: a call that Weir refused for one of these was not made. */
const CURABLE = new Set(['TOKEN_EXPIRED', 'TOKEN_REVOKED', 'TOKEN_KEY_UNKNOWN']);

/**
 * Renews the session and tries once more where a token had died: after a laptop slept, or when a
 * stream ends because somebody signed out and the method is open to everybody.
 */
export function renewLink<Router extends AnyTRPCRouter>(session: WeirSession): TRPCLink<Router> {
  return () =>
    ({ op, next }) =>
      observable((observer) => {
        let renewed = false;
        let left = false;
        let current: Unsubscribable | undefined;

        function attempt(): void {
          current = next(op).subscribe({
            next(envelope) {
              // What brings messages was let in: its token may die again later.
              renewed = false;
              observer.next(envelope);
            },
            error(error) {
              if (renewed || !isCurable(error)) {
                observer.error(error);
                return;
              }
              renewed = true;
              session.renew().then(
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
