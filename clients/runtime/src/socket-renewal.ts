import { createTRPCUntypedClient, type TRPCWebSocketClient, wsLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import type { SessionChange, WeirSession } from './session.ts';

const RENEW = 'weir.v1.sessionService.renew';

/**
 * Brings an open socket up to the session: a newer token keeps its streams, and a socket that has to
 * change hands is opened anew. A socket that is not open will ask for its credentials itself.
 */
export function createSocketRenewal(
  socket: TRPCWebSocketClient,
  session: WeirSession,
): (change: SessionChange) => Promise<void> {
  const client = createTRPCUntypedClient<AnyTRPCRouter>({ links: [wsLink({ client: socket })] });
  /** Closing the connection, not the client: it connects again for what is subscribed. */
  const reopen = () => socket.connection?.ws?.close();

  return async (change) => {
    if (socket.connectionState.get().state !== 'pending') return;
    if (change === 'signedOut') {
      reopen();
      return;
    }
    try {
      await client.mutation(RENEW, await session.proof());
    } catch {
      reopen();
    }
  };
}
