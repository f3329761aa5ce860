import { join } from 'node:path';
import { trpcAt } from '../../protocols/trpc.ts';
import { nodeCommand, type Stage, type Subject } from '../../subject.ts';

/**
 * What a team would write today: a hand-written tRPC router behind the official standalone adapter, and
 * grpc-js with proto-loader behind that.
 */
export const stock: Subject = {
  name: 'stock',
  protocol: trpcAt(''),
  commands: {
    gateway: serve('gateway.ts'),
    front: serve('front.ts'),
    sockets: serve('sockets.ts'),
  },
};

function serve(file: string) {
  return ({ port, backendPort, messagesPerSecond }: Stage) =>
    nodeCommand(join(import.meta.dirname, file), {
      PORT: String(port),
      BACKEND_PORT: String(backendPort),
      MESSAGES_PER_SECOND: String(messagesPerSecond),
    });
}
