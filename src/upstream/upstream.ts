import type { UpstreamConfig } from '../config/schema.ts';
import type { BackendCall } from './backend-call.ts';
import { checkHealth, type EndpointHealth } from './check-health.ts';
import { createTransport } from './create-transport.ts';
import type { Endpoint } from './endpoint.ts';
import { createRoundRobin } from './pick.ts';
import type { ReplyStream, UnaryReply } from './transport/transport.ts';

/** The backend's half of a call: everything Weir asks about those who serve one upstream. */
export interface Upstream {
  readonly name: string;
  unary(call: BackendCall): Promise<UnaryReply>;
  serverStream(call: BackendCall): ReplyStream;
  checkHealth(timeoutMs: number): Promise<readonly EndpointHealth[]>;
  /** Lets running calls finish for `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export function createUpstream(name: string, config: UpstreamConfig): Upstream {
  const endpoints: Endpoint[] = config.endpoints.map((address) => ({
    address,
    transport: createTransport(address, config),
  }));
  const pick = createRoundRobin(name, endpoints);
  const { maxTimeout } = config;

  function capDeadline(deadline: number | undefined): number | undefined {
    if (maxTimeout === undefined) return deadline;
    return Math.min(deadline ?? Number.POSITIVE_INFINITY, performance.now() + maxTimeout);
  }

  return {
    name,
    unary: (call) =>
      pick().transport.unary({
        rpcPath: call.method.rpcPath,
        message: call.message,
        metadata: call.metadata,
        deadline: capDeadline(call.deadline),
        cancellation: call.cancellation,
      }),
    serverStream: (call) =>
      pick().transport.stream({
        rpcPath: call.method.rpcPath,
        messages: [call.message],
        metadata: call.metadata,
        deadline: call.deadline,
        cancellation: call.cancellation,
      }),
    checkHealth: (timeoutMs) =>
      Promise.all(
        endpoints.map(({ transport, address }) => checkHealth(transport, address, timeoutMs)),
      ),
    close: async (graceMs) => {
      await Promise.all(endpoints.map(({ transport }) => transport.close(graceMs)));
    },
  };
}
