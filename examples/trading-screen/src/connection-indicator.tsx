import type { ConnectionState } from '@weir/client';
import { useSyncExternalStore } from 'react';
import { connection } from './weir.ts';

const TEXTS: Record<ConnectionState, string> = {
  connected: 'Connected',
  connecting: 'Connecting to the gateway …',
  idle: 'Not connected',
};

export function ConnectionIndicator() {
  const state = useSyncExternalStore(connection.subscribe, () => connection.state);
  return (
    <p className="badge connection" data-state={state} role="status">
      {TEXTS[state]}
    </p>
  );
}
