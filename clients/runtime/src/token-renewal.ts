import type { Renewal } from './renew-link.ts';
import type { SocketRenewal } from './socket-renewal.ts';
import type { Token } from './token.ts';

/**
 * Brings an open socket up to the token that `token` gives by now; HTTP calls ask for it themselves. All
 * streams of a socket end in the same moment, so one renewal serves however many ask.
 */
export function createTokenRenewal(
  socket: SocketRenewal,
  token: Extract<Token, (...args: never) => unknown>,
): Renewal {
  let renewing: Promise<void> | undefined;

  async function prove() {
    const newer = await token();
    if (newer === undefined || newer === '') throw new Error('There is no token any more.');
    return { token: newer };
  }

  return {
    renew() {
      renewing ??= socket.renew(prove).finally(() => {
        renewing = undefined;
      });
      return renewing;
    },
  };
}
