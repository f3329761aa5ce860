import { WeirError } from '../../errors.ts';

/** `grpc.health.v1.HealthCheckResponse.ServingStatus`. */
const STATUSES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;
export type ServingStatus = (typeof STATUSES)[number];

/** What one question about an endpoint's health brought. */
export type HealthAnswer =
  | { readonly verdict: 'healthy' }
  | {
      readonly verdict: 'unhealthy';
      readonly reason: string;
      /** True where the answer was only waited for, and no other sign came. */
      readonly overdue?: boolean;
    }
  /** The backend does not speak of its health this way, and so is not judged by it. */
  | { readonly verdict: 'unsupported' };

/** `HealthCheckRequest`: the field `service`, number 1, left out for the server as a whole. */
export function encodeHealthRequest(service: string): Uint8Array {
  if (service === '') return new Uint8Array(0);
  const name = Buffer.from(service);
  const length = [];
  for (let rest = name.length; ; rest >>>= 7) {
    if (rest < 0x80) {
      length.push(rest);
      break;
    }
    length.push((rest & 0x7f) | 0x80);
  }
  return Buffer.concat([Buffer.from([0x0a, ...length]), name]);
}

/** `HealthCheckResponse` is one enum field with number 1: two bytes, or none for UNKNOWN. */
export function readServingStatus(message: Uint8Array): ServingStatus {
  return (message[0] === 0x08 ? STATUSES[message[1] ?? 0] : undefined) ?? 'UNKNOWN';
}

export function toHealthAnswer(status: ServingStatus): HealthAnswer {
  if (status === 'SERVING') return { verdict: 'healthy' };
  return { verdict: 'unhealthy', reason: `the backend says ${status}` };
}

/** gRFC A17: UNIMPLEMENTED says nothing of health, every other failure says much. */
export function toFailedAnswer(thrown: unknown): HealthAnswer {
  const { code, message } = WeirError.from(thrown);
  if (code === 'UNIMPLEMENTED') return { verdict: 'unsupported' };
  const overdue = code === 'DEADLINE_EXCEEDED';
  return { verdict: 'unhealthy', reason: `${code}: ${message}`, ...(overdue && { overdue }) };
}
