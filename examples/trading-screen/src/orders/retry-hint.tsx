import { isWeirError } from '@weir/client';
import { useEffect, useState } from 'react';

/** Counts down to when it makes sense to try again, where the answer said so. */
export function RetryHint({ error }: { error: unknown }) {
  const delayMs = isWeirError(error) ? error.data.retryAfterMs : undefined;
  const [leftMs, setLeftMs] = useState(delayMs ?? 0);

  useEffect(() => {
    if (delayMs === undefined) return;
    const until = performance.now() + delayMs;
    const tick = () => setLeftMs(Math.max(0, until - performance.now()));
    tick();
    const timer = setInterval(tick, 1_000);
    return () => clearInterval(timer);
  }, [delayMs]);

  if (delayMs === undefined) return null;
  const seconds = Math.ceil(leftMs / 1_000);
  return <p>{seconds > 0 ? `Try again in ${seconds} s.` : 'You can try again now.'}</p>;
}
