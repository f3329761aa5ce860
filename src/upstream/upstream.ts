import type { UpstreamConfig } from '../config/schema.ts';
import { WeirError } from '../errors.ts';
import type { Clock, Random } from '../lib/clock.ts';
import type { BackendCall } from './backend-call.ts';
import { createLeastRequest } from './balance/least-request.ts';
import { createRoundRobin } from './balance/round-robin.ts';
import type { BreakerState } from './breaker/breaker.ts';
import { createGuardStep, guardStream } from './breaker/guard.ts';
import { checkHealth, type EndpointHealth } from './check-health.ts';
import { createEndpoint } from './create-endpoint.ts';
import { invokeStream, invokeUnary } from './invoke.ts';
import { createPick, createPickStep } from './pick.ts';
import { createRetry } from './retry/retry.ts';
import { createRetryBudget } from './retry/retry-budget.ts';
import { sleep } from './retry/sleep.ts';
import type { ReplyStream, UnaryReply } from './transport/transport.ts';
import { toUnreachable } from './unreachable.ts';

/** The backend's half of a call: everything Weir asks about those who serve one upstream. */
export interface Upstream {
  readonly name: string;
  unary(call: BackendCall): Promise<UnaryReply>;
  serverStream(call: BackendCall): ReplyStream;
  checkHealth(timeoutMs: number): Promise<readonly EndpointHealth[]>;
  /** Lets running calls finish for `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export interface UpstreamOptions {
  readonly name: string;
  readonly config: UpstreamConfig;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly onBreakerChange?: (address: string, state: BreakerState) => void;
}

export function createUpstream(options: UpstreamOptions): Upstream {
  const { name, config } = options;
  const clock = options.clock ?? (() => performance.now());
  const random = options.random ?? Math.random;
  const onBreakerChange = options.onBreakerChange ?? (() => {});
  const endpoints = config.endpoints.map((address) =>
    createEndpoint({ address, config, clock, random, onBreakerChange }),
  );
  const balance =
    config.balancing === 'roundRobin' ? createRoundRobin() : createLeastRequest(random);
  const pick = createPick(name, () => endpoints, balance);

  // Outermost, because each attempt is to find an endpoint of its own.
  const retry = createRetry({ budget: createRetryBudget(), clock, random, sleep });
  // Before the breaker: which breaker to ask is known only then.
  const pickOne = createPickStep(pick);
  // Nearest to the wire, so that it sees nothing but what the endpoint did.
  const guard = createGuardStep();
  const callUnary = retry(pickOne(guard(invokeUnary)));

  return {
    name,
    async unary(call) {
      try {
        return await callUnary(withCeiling(call, config.maxTimeout, clock));
      } catch (thrown) {
        throw toUnreachable(WeirError.from(thrown), name);
      }
    },
    serverStream(call) {
      const endpoint = pick([]);
      return guardStream(endpoint, () => invokeStream(call, endpoint, name));
    },
    checkHealth: (timeoutMs) =>
      Promise.all(
        endpoints.map(({ transport, address }) => checkHealth(transport, address, timeoutMs)),
      ),
    async close(graceMs) {
      await Promise.all(endpoints.map(({ transport }) => transport.close(graceMs)));
    },
  };
}

function withCeiling(call: BackendCall, maxTimeoutMs: number | undefined, clock: Clock) {
  if (maxTimeoutMs === undefined) return call;
  const ceiling = clock() + maxTimeoutMs;
  return { ...call, deadline: Math.min(call.deadline ?? ceiling, ceiling) };
}
