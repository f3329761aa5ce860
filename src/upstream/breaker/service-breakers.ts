import type { UpstreamConfig } from '../../config/schema.ts';
import type { Method } from '../../contract/method.ts';
import { WeirError } from '../../errors.ts';
import type { BackendCall } from '../backend-call.ts';
import type { Surroundings } from '../surroundings.ts';
import type { UnaryReply } from '../transport/transport.ts';
import {
  type Breaker,
  type BreakerOutcome,
  type BreakerState,
  createBreaker,
  type ReportOutcome,
} from './breaker.ts';
import { toBreakerOutcome } from './to-breaker-outcome.ts';
import { createWindowedRate } from './windowed-rate.ts';

export interface ServiceBreakersOptions extends Pick<Surroundings, 'clock' | 'random'> {
  readonly upstream: string;
  readonly config: NonNullable<UpstreamConfig['serviceBreaker']>;
  readonly onChange: (service: string, state: BreakerState) => void;
}

export interface ServiceCondition {
  /** For example `market.v1.QuoteService`. */
  readonly service: string;
  readonly breaker: BreakerState['name'];
}

export interface ServiceBreakers {
  /** @throws WeirError UNAVAILABLE while the call's service is held back */
  enter(call: BackendCall): ReportOutcome;
  /** Of each service that was called. */
  read(): readonly ServiceCondition[];
}

/**
 * A breaker for each gRPC service of an upstream, which sees how calls ended after all their attempts. It
 * opens where a service fails at every endpoint, while others that the same endpoints serve go on.
 */
export function createServiceBreakers(options: ServiceBreakersOptions): ServiceBreakers {
  const { upstream, config, clock, random, onChange } = options;
  const byService = new Map<string, Breaker>();
  const byMethod = new WeakMap<Method, Breaker>();

  function breakerOf(method: Method): Breaker {
    const known = byMethod.get(method);
    if (known !== undefined) return known;
    const service = serviceOf(method);
    const breaker = byService.get(service) ?? create(service);
    byService.set(service, breaker);
    byMethod.set(method, breaker);
    return breaker;
  }

  function create(service: string): Breaker {
    const strategy = createWindowedRate({
      windowMs: config.window,
      threshold: config.failureRate,
      minCalls: config.minCalls,
    });
    const breakerOptions = {
      baseOpenMs: config.baseOpen,
      maxOpenMs: config.maxOpen,
      probes: config.probes,
      // A ramp sends calls elsewhere, and there is nowhere else.
      rampMs: 0,
    };
    return createBreaker(strategy, breakerOptions, clock, random, (state) =>
      onChange(service, state),
    );
  }

  return {
    enter({ method, notes }) {
      const breaker = breakerOf(method);
      const report = breaker.enter();
      if (report !== undefined) return report;
      notes?.event('breaker of the service refused');
      throw heldBack(serviceOf(method), upstream, breaker.state, clock());
    },
    read: () => [...byService].map(([service, { state }]) => ({ service, breaker: state.name })),
  };
}

/** Around all attempts of a unary call. */
export function createServiceGuardStep(breakers: ServiceBreakers | undefined) {
  return (next: (call: BackendCall) => Promise<UnaryReply>) => {
    if (breakers === undefined) return next;
    return async function guardService(call: BackendCall): Promise<UnaryReply> {
      const report = breakers.enter(call);
      try {
        const reply = await next(call);
        report('success');
        return reply;
      } catch (thrown) {
        const error = WeirError.from(thrown);
        report(toServiceOutcome(error, call.hurried));
        throw error;
      }
    };
  };
}

/** What Weir itself held back says nothing of the service. */
function toServiceOutcome(error: WeirError, hurried: boolean | undefined): BreakerOutcome {
  const heldBack = error.origin === 'gateway' && error.neverSent;
  return heldBack ? 'ignored' : toBreakerOutcome(error, hurried);
}

function heldBack(service: string, upstream: string, state: BreakerState, now: number): WeirError {
  return new WeirError(
    'UNAVAILABLE',
    `The service ${service} of the backend "${upstream}" is failing, so its calls are held back until it recovers. The call was not sent.`,
    {
      neverSent: true,
      retryAfterMs: state.name === 'open' ? Math.max(1, Math.ceil(state.until - now)) : 1_000,
    },
  );
}

/** `/market.v1.QuoteService/GetQuote` is of `market.v1.QuoteService`. */
function serviceOf({ rpcPath }: Method): string {
  return rpcPath.slice(1, rpcPath.lastIndexOf('/'));
}
