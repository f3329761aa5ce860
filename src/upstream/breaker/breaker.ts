import type { Clock, Random } from '../../lib/clock.ts';
import type { TripStrategy } from './trip-strategy.ts';

/**
 * `open` counts how often in a row it opened, which sets how long it stays; `halfOpen` lets one probe
 * through, after it a few, and closes by a ramp, so that a backend that just came up is not met by everyone
 * at once, and one that still hangs costs a single call its time.
 */
export type BreakerState =
  | { readonly name: 'closed' }
  | { readonly name: 'open'; readonly until: number; readonly openings: number }
  | {
      readonly name: 'halfOpen';
      readonly openings: number;
      readonly probing: number;
      readonly successes: number;
      /** When the last probe was let through. */
      readonly probedAt: number;
    }
  | { readonly name: 'ramping'; readonly since: number; readonly openings: number };

export interface BreakerOptions {
  /** How long the first opening lasts. Default 1 s: long enough for a restart, short for a reader. */
  readonly baseOpenMs: number;
  /** Default 10 s: with one endpoint, nothing else serves meanwhile. */
  readonly maxOpenMs: number;
  /** Successes that end probing, and the most probes at once. Default 3. */
  readonly probes: number;
  /** From the first share of calls to all of them. Default 10 s, as Traefik's. */
  readonly rampMs: number;
}

export const DEFAULT_BREAKER_OPTIONS: BreakerOptions = {
  baseOpenMs: 1_000,
  maxOpenMs: 10_000,
  probes: 3,
  rampMs: 10_000,
};

/** One probe tells enough of a backend that hangs; but some calls take long, and others would say more by then. */
const FIRST_PROBE_ALONE_MS = 1_000;

export type BreakerOutcome = 'success' | 'failure' | 'ignored';

/** What a permitted call owes the breaker: exactly one report of its outcome. */
export type ReportOutcome = (outcome: BreakerOutcome) => void;

export interface Breaker {
  readonly state: BreakerState;
  /** Whether `enter` might permit a call now; asking changes nothing. */
  mayEnter(): boolean;
  /** Permits a call, or refuses with undefined. To be asked where `mayEnter` just said yes. */
  enter(): ReportOutcome | undefined;
  /** There is a sign that the backend is back: the next call may be a probe, whatever the time. */
  hasten(): void;
}

/**
 * A circuit breaker: the state machine alone. When to trip is the strategy's decision.
 * Reopening doubles from `baseOpenMs` to `maxOpenMs` with ±20 % jitter.
 */
export function createBreaker(
  strategy: TripStrategy,
  options: BreakerOptions,
  clock: Clock,
  random: Random,
  onChange: (state: BreakerState) => void = () => {},
): Breaker {
  let state: BreakerState = { name: 'closed' };
  let reports = createReports();

  function become(next: BreakerState): void {
    const changed = next.name !== state.name;
    state = next;
    if (changed) onChange(state);
  }

  function open(openings: number): void {
    const openMs = Math.min(options.baseOpenMs * 2 ** (openings - 1), options.maxOpenMs);
    const jitter = 0.8 + 0.4 * random();
    reports = createReports();
    become({ name: 'open', until: clock() + openMs * jitter, openings });
  }

  function mayEnter(): boolean {
    switch (state.name) {
      case 'closed':
        return true;
      case 'open':
        return clock() >= state.until;
      case 'halfOpen':
        return state.probing < (mayProbeMore(state) ? options.probes : 1);
      case 'ramping':
        return random() < rampShare(state.since);
    }
  }

  function mayProbeMore({ successes, probedAt }: BreakerState & { name: 'halfOpen' }): boolean {
    return successes > 0 || clock() - probedAt >= FIRST_PROBE_ALONE_MS;
  }

  function rampShare(since: number): number {
    const progress = (clock() - since) / options.rampMs;
    return progress >= 1 ? 1 : Math.max(0.1, progress);
  }

  function enter(): ReportOutcome | undefined {
    if (state.name === 'closed') return reports.call;
    // While ramping, whoever asked `mayEnter` has drawn; drawing again would square the share.
    if (state.name !== 'ramping' && !mayEnter()) return undefined;
    const now = clock();
    if (state.name === 'open') {
      const { openings } = state;
      become({ name: 'halfOpen', openings, probing: 0, successes: 0, probedAt: now });
    }
    if (state.name === 'ramping' && now - state.since >= options.rampMs) {
      strategy.reset();
      become({ name: 'closed' });
    }
    if (state.name === 'halfOpen') {
      become({ ...state, probing: state.probing + 1, probedAt: now });
      return reports.probe;
    }
    return reports.call;
  }

  /** Made anew at each opening: what was permitted before it says nothing of the backend as it is now. */
  function createReports(): { readonly call: ReportOutcome; readonly probe: ReportOutcome } {
    const own = {
      call(outcome: BreakerOutcome): void {
        if (reports === own) reportCall(outcome);
      },
      probe(outcome: BreakerOutcome): void {
        if (reports === own) reportProbe(outcome);
      },
    };
    return own;
  }

  function reportCall(outcome: BreakerOutcome): void {
    if (outcome === 'ignored') return;
    const trips = strategy.record(outcome === 'success', clock());
    if (!trips) return;
    strategy.reset();
    open(state.name === 'ramping' ? state.openings + 1 : 1);
  }

  function reportProbe(outcome: BreakerOutcome): void {
    // Another probe may have decided meanwhile.
    if (state.name !== 'halfOpen') return;
    if (outcome === 'failure') {
      open(state.openings + 1);
      return;
    }
    const successes = state.successes + (outcome === 'success' ? 1 : 0);
    if (successes >= options.probes) {
      strategy.reset();
      become({ name: 'ramping', since: clock(), openings: state.openings });
    } else {
      become({ ...state, probing: state.probing - 1, successes });
    }
  }

  return {
    get state() {
      return state;
    },
    mayEnter,
    enter,
    hasten() {
      if (state.name === 'open') state = { ...state, until: clock() };
    },
  };
}
