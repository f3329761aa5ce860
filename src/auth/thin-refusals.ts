import { networkOf } from '../lib/network-of.ts';
import type { AuditEvent, AuditLog } from './audit-log.ts';

export interface ThinRefusalsOptions {
  /** Lines of one network and action in each window; what is above is counted. */
  readonly perNetwork: number;
  readonly windowMs: number;
  /** Milliseconds on a clock that never goes back. Default `performance.now`. */
  readonly now?: () => number;
}

interface Window {
  readonly network: string;
  readonly action: AuditEvent['action'];
  readonly endsAt: number;
  written: number;
  /** By reason; empty while every line was written. */
  readonly counted: Map<string, number>;
}

/** An attacker with more networks than this has the rest of them counted as one. */
const MAX_WINDOWS = 10_000;
const OTHERS = 'other networks';

/**
 * Keeps strangers from filling the audit stream: refusals cost them nothing and have no end. Above a number of
 * a network's lines for one action, a line `audit.thinned` says that the rest is counted from now on, and a
 * line `audit.summary` at the end of the window how many there were, by reason. What succeeded, what operators
 * did and streams that lost their permit are always written.
 */
export function thinRefusals(log: AuditLog, options: ThinRefusalsOptions): AuditLog {
  const { perNetwork, windowMs, now = () => performance.now() } = options;
  const windows = new Map<string, Window>();
  let sweeper: NodeJS.Timeout | undefined;

  function record(event: AuditEvent): void {
    const { action, outcome, address } = event;
    if (outcome !== 'refused' || action === 'stream.ended' || address === undefined) {
      log.record(event);
      return;
    }
    const window = windowOf(networkOf(address), action);
    if (window.written < perNetwork) {
      window.written += 1;
      log.record(event);
      return;
    }
    if (window.counted.size === 0) tell(window, 'audit.thinned', {});
    const reason = event.reason ?? 'UNKNOWN';
    window.counted.set(reason, (window.counted.get(reason) ?? 0) + 1);
  }

  function windowOf(network: string, action: AuditEvent['action']): Window {
    const key = `${network} ${action}`;
    const known = windows.get(key);
    if (known !== undefined && now() < known.endsAt) return known;
    if (known !== undefined) end(key, known);
    if (windows.size >= MAX_WINDOWS && network !== OTHERS) return windowOf(OTHERS, action);
    const window = {
      network,
      action,
      endsAt: now() + windowMs,
      written: 0,
      counted: new Map<string, number>(),
    };
    windows.set(key, window);
    sweeper ??= setInterval(sweep, Math.max(100, windowMs / 4)).unref();
    return window;
  }

  function end(key: string, window: Window): void {
    windows.delete(key);
    const { counted } = window;
    if (counted.size > 0) tell(window, 'audit.summary', { counts: Object.fromEntries(counted) });
  }

  function sweep(): void {
    const moment = now();
    for (const [key, window] of windows) if (window.endsAt <= moment) end(key, window);
    if (windows.size > 0) return;
    clearInterval(sweeper);
    sweeper = undefined;
  }

  function tell(
    { network, action }: Window,
    what: 'audit.thinned' | 'audit.summary',
    more: Pick<AuditEvent, 'counts'>,
  ): void {
    log.record({
      action: what,
      outcome: 'refused',
      requestId: undefined,
      actor: undefined,
      address: network,
      target: action,
      ...more,
    });
  }

  return {
    record,
    flushed: () => log.flushed(),
    async close() {
      clearInterval(sweeper);
      for (const [key, window] of windows) end(key, window);
      await log.close();
    },
  };
}
