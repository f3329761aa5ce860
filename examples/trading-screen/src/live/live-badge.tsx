import { isWeirError } from '@weir/client';
import type { LiveState } from './use-live.ts';

export function LiveBadge({ state, restart }: { state: LiveState; restart: () => void }) {
  return (
    <p className="badge" data-state={state.status} role="status">
      {describe(state)}
      {state.status === 'ended' && (
        <button type="button" onClick={restart}>
          Start again
        </button>
      )}
    </p>
  );
}

function describe(state: LiveState): string {
  switch (state.status) {
    case 'connecting':
      return 'Connecting …';
    case 'live':
      return 'Live';
    case 'recovering':
      return isWeirError(state.error) ? 'The service is away. Reconnecting …' : 'Reconnecting …';
    case 'ended':
      return isWeirError(state.error) ? `Stopped: ${state.error.data.grpc.message}` : 'Stopped.';
  }
}
