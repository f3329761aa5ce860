import type { SessionState } from '@weir/client';
import { useSyncExternalStore } from 'react';
import { session } from '../weir.ts';

/** The role that the order service's contract asks for. */
const TRADER = 'trader';

export function useSession(): SessionState {
  return useSyncExternalStore(session.subscribe, () => session.current);
}

/** Only what the screen shows: the gateway decides each call itself. */
export function useMayTrade(): boolean {
  const current = useSession();
  if (current.state === 'off') return true;
  return current.state === 'signedIn' && current.user.roles.includes(TRADER);
}
