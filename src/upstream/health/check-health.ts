import { WeirError } from '../../errors.ts';
import type { Transport } from '../transport/transport.ts';

/** `grpc.health.v1.HealthCheckResponse.ServingStatus`, and what Weir says when it got none. */
export type ServingStatus = 'UNKNOWN' | 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';

export interface EndpointHealth {
  readonly address: string;
  readonly status: ServingStatus;
  /** Why the status is not SERVING, where that is known. */
  readonly reason: string | undefined;
}

const STATUSES: readonly ServingStatus[] = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/** The encoded `HealthCheckRequest` that asks about the server as a whole. */
const WHOLE_SERVER = new Uint8Array(0);

/**
 * Asks an endpoint by `grpc.health.v1.Health/Check`. A backend without the health service answers
 * UNIMPLEMENTED, which shows that it serves.
 */
export async function checkHealth(
  transport: Transport,
  address: string,
  timeoutMs: number,
): Promise<EndpointHealth> {
  try {
    const { message } = await transport.unary({
      rpcPath: '/grpc.health.v1.Health/Check',
      message: WHOLE_SERVER,
      metadata: [],
      deadline: performance.now() + timeoutMs,
    });
    return { address, status: readStatus(message), reason: undefined };
  } catch (thrown) {
    const error = WeirError.from(thrown);
    if (error.code === 'UNIMPLEMENTED') return { address, status: 'SERVING', reason: undefined };
    return { address, status: 'NOT_SERVING', reason: `${error.code}: ${error.message}` };
  }
}

/** `HealthCheckResponse` is one enum field with number 1: two bytes, or none for UNKNOWN. */
function readStatus(message: Uint8Array): ServingStatus {
  return (message[0] === 0x08 ? STATUSES[message[1] ?? 0] : undefined) ?? 'UNKNOWN';
}
