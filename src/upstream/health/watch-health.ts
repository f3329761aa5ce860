import { WeirError } from '../../errors.ts';
import { Cancellation } from '../../lib/cancellation.ts';
import type { Transport } from '../transport/transport.ts';
import {
  encodeHealthRequest,
  type HealthAnswer,
  readServingStatus,
  toFailedAnswer,
  toHealthAnswer,
} from './serving-status.ts';

export interface HealthWatch {
  stop(): void;
}

/**
 * Has the backend tell of each change by `grpc.health.v1.Health/Watch` (gRFC A17), until it ends the stream
 * or the connection does.
 * @param onEnd with the reason; not after `stop`
 */
export function watchHealth(
  transport: Transport,
  service: string,
  onAnswer: (answer: HealthAnswer) => void,
  onEnd: (answer: HealthAnswer) => void,
): HealthWatch {
  const cancellation = new Cancellation();

  async function read(): Promise<void> {
    try {
      const messages = transport.stream({
        rpcPath: '/grpc.health.v1.Health/Watch',
        messages: [encodeHealthRequest(service)],
        metadata: [],
        cancellation,
        yields: true,
      });
      for await (const message of messages) {
        if (!cancellation.cancelled) onAnswer(toHealthAnswer(readServingStatus(message)));
      }
      throw new WeirError('UNAVAILABLE', 'The backend ended the watch of its health.');
    } catch (thrown) {
      if (!cancellation.cancelled) onEnd(toFailedAnswer(thrown));
    }
  }

  void read();
  return {
    stop: () => cancellation.cancel(new WeirError('CANCELLED', 'The endpoint is not watched.')),
  };
}
