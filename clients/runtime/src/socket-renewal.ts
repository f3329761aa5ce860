import { createTRPCUntypedClient, type TRPCWebSocketClient, wsLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';

const RENEW = 'weir.v1.sessionService.renew';

/** What shows a socket who is at its other end. */
export type Proof = { readonly token: string } | { readonly ticket: string };

/** A socket that is not open needs neither: it will ask for its credentials itself. */
export interface SocketRenewal {
  /** Gives the open socket newer credentials of the same caller; one that does not take them is opened anew. */
  renew(prove: () => Promise<Proof>): Promise<void>;
  /** Closes the connection of a socket that has to change hands. It connects again for what is subscribed. */
  reopen(): void;
}

export function createSocketRenewal(socket: TRPCWebSocketClient): SocketRenewal {
  const client = createTRPCUntypedClient<AnyTRPCRouter>({ links: [wsLink({ client: socket })] });
  const isOpen = () => socket.connectionState.get().state === 'pending';

  function reopen(): void {
    // The connection, not the client.
    if (isOpen()) socket.connection?.ws?.close();
  }

  return {
    async renew(prove) {
      if (!isOpen()) return;
      try {
        await client.mutation(RENEW, await prove());
      } catch {
        reopen();
      }
    },
    reopen,
  };
}
