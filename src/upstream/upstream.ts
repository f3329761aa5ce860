import type { UpstreamConfig } from '../config/schema.ts';
import { WeirError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { BackendCall } from './backend-call.ts';
import { createBalancer } from './balance/create-balancer.ts';
import { streamFrom } from './begun-stream.ts';
import { createGuardStep, createStreamGuardStep, type Observe } from './breaker/guard.ts';
import {
  createServiceBreakers,
  createServiceGuardStep,
  type ServiceCondition,
} from './breaker/service-breakers.ts';
import { createCandidates, tellCandidates } from './candidates.ts';
import { createEndpoint } from './create-endpoint.ts';
import { createDiscovery } from './discovery/create-discovery.ts';
import { createEndpointPool } from './endpoint-pool.ts';
import { checkHealth, type EndpointHealth } from './health/check-health.ts';
import { createHedge } from './hedging/hedge.ts';
import { invokeStream, invokeUnary } from './invoke.ts';
import { toOutcomeUnknown } from './outcome-unknown.ts';
import { createOutlierWatch } from './outlier/outlier-watch.ts';
import { type Admission, createAdmission } from './overload/admit.ts';
import { createPick, createPickStep } from './pick.ts';
import { type EndpointCondition, readEndpoint } from './read-endpoint.ts';
import { createRetry } from './retry/retry.ts';
import { createRetryBudget } from './retry/retry-budget.ts';
import { createStreamRetry } from './retry/retry-stream.ts';
import { createSecurity } from './security/create-security.ts';
import { REAL_SURROUNDINGS, type Surroundings } from './surroundings.ts';
import type { UnaryReply } from './transport/transport.ts';
import { toUnreachable } from './unreachable.ts';
import type { UpstreamEvents } from './upstream-events.ts';
import { createEndpointWatch } from './watch-endpoint.ts';

/** The backend's half of a call: everything Weir asks about those who serve one upstream. */
export interface Upstream {
  readonly name: string;
  unary(call: BackendCall): Promise<UnaryReply>;
  serverStream(call: BackendCall): AsyncIterable<Uint8Array>;
  /** Retries that its budget allows now. */
  readonly retriesLeft: number;
  /** Of each of its services that was called; empty where they have no breakers of their own. */
  readonly services: readonly ServiceCondition[];
  /** What waits for room and how much there is; undefined where calls are not held back. */
  readonly gate: Admission['gate'];
  /** The condition of each endpoint that discovery names now. */
  read(): readonly EndpointCondition[];
  checkHealth(timeoutMs: number): Promise<readonly EndpointHealth[]>;
  /** Lets running calls finish for `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export interface UpstreamOptions {
  readonly name: string;
  readonly config: UpstreamConfig;
  readonly events: UpstreamEvents;
  readonly surroundings?: Surroundings;
}

export async function createUpstream(options: UpstreamOptions): Promise<Upstream> {
  const { name, config } = options;
  const surroundings = options.surroundings ?? REAL_SURROUNDINGS;
  const { clock, random, sleep } = surroundings;
  const candidates = createCandidates(config.balancing.panicThreshold);
  const events = tellCandidates(candidates, options.events);
  // Files are watched and connections opened before all of it is made, and some of it may refuse to be.
  await using unfinished = new AsyncDisposableStack();
  const security = createSecurity(config, events);
  unfinished.defer(() => security.stop());
  const pool = await createEndpointPool({
    discovery: createDiscovery(config, random, events),
    create: (target, first) =>
      createEndpoint({
        target,
        config,
        surroundings,
        security,
        since: first ? Number.NEGATIVE_INFINITY : clock(),
        onBreakerChange: events.breakerChanged,
      }),
    watch: createEndpointWatch(config, security, random, events.healthChanged),
    drainMs: config.drain,
    onChange: events.endpointsChanged,
  });
  unfinished.defer(() => pool.close(0));
  const endpoints = () => pool.endpoints;
  const outliers = createOutlierWatch(config.outlierDetection, endpoints, surroundings, events);
  unfinished.defer(() => outliers.stop());
  const observe: Observe = (endpoint, outcome) => {
    outliers.record(endpoint, outcome);
    // Even where a retry hides the failure from the caller, the list may be old.
    if (outcome === 'failure') pool.suspect();
  };
  const pick = createPick({
    upstream: name,
    endpoints,
    candidates,
    balance: createBalancer(config.balancing, endpoints, clock, random),
    maxInFlight: config.queue?.maxInFlight,
    clock,
  });

  // Outermost, for it asks how calls end, not attempts; and one that is held back is not tried at all.
  const serviceBreakers =
    config.serviceBreaker &&
    createServiceBreakers({
      upstream: name,
      config: config.serviceBreaker,
      clock,
      random,
      onChange: events.serviceBreakerChanged,
    });
  const guardService = createServiceGuardStep(serviceBreakers);
  const budget = createRetryBudget(config.retryBudget, clock);
  // Around the rest, because each attempt is to find an endpoint of its own; a method has one of the two (gRFC A6).
  const retries = { budget, clock, random, sleep, events };
  const retry = createRetry(retries);
  const hedge = createHedge({ budget, clock, sleep, events });
  // Each attempt counts, but not the time between attempts; and no endpoint is held for one that waits or is shed.
  const admission = createAdmission({
    upstream: name,
    config,
    candidates: () => candidates.among(endpoints(), clock()).length,
    clock,
    sleep,
    onShed: events.shed,
  });
  // Before the breaker: which breaker to ask is known only then.
  const pickOne = createPickStep(pick);
  // Nearest to the wire, so that it sees nothing but what the endpoint did.
  const guard = createGuardStep(observe, clock);
  const attempt = admission.step(pickOne(guard(invokeUnary)));
  const callWithRetries = retry(attempt);
  const callWithHedges = hedge(attempt);

  const callUnary = guardService((call) => {
    const { hedging } = call.method.policy;
    return hedging === undefined ? callWithRetries(call) : callWithHedges(call, hedging);
  });

  // A stream stays: it waits for no room, and what comes in its middle is for the caller to judge.
  const retryStream = createStreamRetry(retries);
  const guardStream = createStreamGuardStep(observe);
  const beginStream = retryStream(pickOne(guardStream(invokeStream)));

  unfinished.move();
  return {
    name,
    async unary(call) {
      try {
        return await callUnary(withCeiling(call, config.maxTimeout, clock));
      } catch (thrown) {
        throw toOutcomeUnknown(toUnreachable(WeirError.from(thrown), name), call.method);
      }
    },
    serverStream: (call) =>
      streamFrom(async () => {
        try {
          return await beginStream(call);
        } catch (thrown) {
          throw toUnreachable(WeirError.from(thrown), name);
        }
      }),
    get retriesLeft() {
      return budget.left;
    },
    get services() {
      return serviceBreakers?.read() ?? [];
    },
    gate: admission.gate,
    read() {
      const now = clock();
      return pool.endpoints.map((endpoint) => readEndpoint(endpoint, now));
    },
    checkHealth: (timeoutMs) =>
      Promise.all(
        pool.endpoints.map(({ transport, target }) =>
          checkHealth(transport, target.address, config.healthCheck?.service ?? '', timeoutMs),
        ),
      ),
    async close(graceMs) {
      outliers.stop();
      security.stop();
      await pool.close(graceMs);
    },
  };
}

function withCeiling(call: BackendCall, maxTimeoutMs: number | undefined, clock: Clock) {
  if (maxTimeoutMs === undefined) return call;
  const ceiling = clock() + maxTimeoutMs;
  if (call.deadline !== undefined && call.deadline <= ceiling) return call;
  return { ...call, deadline: ceiling, hurried: false };
}
