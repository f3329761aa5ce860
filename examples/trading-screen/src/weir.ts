import { QueryClient } from '@tanstack/react-query';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import { connectionOf, createWeirSession, isWeirError } from '@weir/client';
import { type AppRouter, createSampleClient } from '@weir/sample-client';

/** In cookies that no script can read; it lives through a reload and renews itself. */
export const session = createWeirSession();

/** The gateway serves this page and the API from one origin. */
export const weir = createSampleClient({ url: '/trpc', session });

export const connection = connectionOf(weir);

export const { TRPCProvider, useTRPC } = createTRPCContext<AppRouter>();

export const queryClient = new QueryClient({
  defaultOptions: {
    // A screen stays open all day: what fails because something is away is asked again until it is back.
    queries: { retry: (_, error) => isAway(error), retryDelay: backoffMs },
    // Never an order twice: after a failure the person decides.
    mutations: { retry: false },
  },
});

/** The gateway or a backend does not answer; the same question may be answered later. */
export function isAway(error: unknown): boolean {
  return isWeirError(error)
    ? error.data.grpc.code === 'UNAVAILABLE' || error.data.grpc.code === 'DEADLINE_EXCEEDED'
    : true;
}

function backoffMs(attempt: number): number {
  return Math.min(500 * 2 ** attempt, 5_000);
}
