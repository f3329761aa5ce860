import { useEffect, useEffectEvent, useState } from 'react';

export type LiveState =
  | { readonly status: 'connecting' }
  | { readonly status: 'live' }
  /** Being subscribed again by itself; `error` says why, where the gateway said so. */
  | { readonly status: 'recovering'; readonly error: unknown }
  /** Over, until the person starts it again. */
  | { readonly status: 'ended'; readonly error: unknown };

/** What every subscription of a tRPC client calls back. */
export interface LiveObserver<Event> {
  readonly onStarted: () => void;
  readonly onData: (event: Event) => void;
  readonly onConnectionStateChange: (change: { state: string; error?: unknown }) => void;
  readonly onError: (error: unknown) => void;
  readonly onComplete: () => void;
}

interface Subscription {
  unsubscribe(): void;
}

/**
 * A gateway accepts a subscription before its backend does, so while a backend is away each attempt starts
 * and fails at once. What held this long is well.
 */
const SETTLED_MS = 700;

/**
 * Keeps one subscription open while the component is there.
 *
 * @param subscribe must keep its identity as long as the subscription shall stay the same
 */
export function useLive<Event>(
  subscribe: (observer: LiveObserver<Event>) => Subscription,
  onData: (event: Event) => void,
): { state: LiveState; restart: () => void } {
  const [state, setState] = useState<LiveState>({ status: 'connecting' });
  const [generation, setGeneration] = useState(0);
  const handleData = useEffectEvent(onData);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new generation subscribes again.
  useEffect(() => {
    let settling: ReturnType<typeof setTimeout> | undefined;
    const settle = (next: LiveState) => {
      clearTimeout(settling);
      setState((now) => (now.status === next.status && next.status === 'live' ? now : next));
    };
    settle({ status: 'connecting' });
    const subscription = subscribe({
      onStarted() {
        clearTimeout(settling);
        settling = setTimeout(() => settle({ status: 'live' }), SETTLED_MS);
      },
      onData(event) {
        settle({ status: 'live' });
        handleData(event);
      },
      onConnectionStateChange(change) {
        if (change.state === 'connecting' && change.error) {
          settle({ status: 'recovering', error: change.error });
        }
      },
      onError: (error) => settle({ status: 'ended', error }),
      onComplete: () => settle({ status: 'ended', error: undefined }),
    });
    return () => {
      clearTimeout(settling);
      subscription.unsubscribe();
    };
  }, [subscribe, generation]);

  return { state, restart: () => setGeneration((each) => each + 1) };
}
