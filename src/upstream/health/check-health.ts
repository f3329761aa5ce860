import { WeirError } from '../../errors.ts';
import type { Transport } from '../transport/transport.ts';
import { encodeHealthRequest, readServingStatus, type ServingStatus } from './serving-status.ts';

export interface EndpointHealth {
  readonly address: string;
  readonly status: ServingStatus;
  /** Why the status is not SERVING, where that is known. */
  readonly reason: string | undefined;
}

/**
 * Asks by `grpc.health.v1.Health/Check` once.
 * @param service as the health service names it; empty for the server as a whole
 * @throws WeirError as any call
 */
export async function askServingStatus(
  transport: Transport,
  service: string,
  timeoutMs: number,
): Promise<ServingStatus> {
  const { message } = await transport.unary({
    rpcPath: '/grpc.health.v1.Health/Check',
    message: encodeHealthRequest(service),
    metadata: [],
    deadline: performance.now() + timeoutMs,
  });
  return readServingStatus(message);
}

/** For a report. A backend without the health service answers UNIMPLEMENTED, which shows that it serves. */
export async function checkHealth(
  transport: Transport,
  address: string,
  service: string,
  timeoutMs: number,
): Promise<EndpointHealth> {
  try {
    return {
      address,
      status: await askServingStatus(transport, service, timeoutMs),
      reason: undefined,
    };
  } catch (thrown) {
    const error = WeirError.from(thrown);
    if (error.code === 'UNIMPLEMENTED') return { address, status: 'SERVING', reason: undefined };
    return { address, status: 'NOT_SERVING', reason: `${error.code}: ${error.message}` };
  }
}
