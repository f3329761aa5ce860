import type { WeirError } from '../../../errors.ts';

export type ConnectionState =
  /** The socket, TLS, and the peer's SETTINGS are awaited. */
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  /** Takes no new stream; closes behind the last one. */
  | { readonly kind: 'draining' }
  | { readonly kind: 'closed'; readonly error: WeirError };
