import { join } from 'node:path';
import { connect as protocol } from '../../protocols/connect.ts';
import { nodeCommand, type Subject } from '../../subject.ts';

/** Connect-ES: its Node adapter in front of its gRPC transport, JSON outside and protobuf inside. */
export const connect: Subject = {
  name: 'connect',
  protocol,
  commands: {
    gateway: ({ port, backendPort }) =>
      nodeCommand(join(import.meta.dirname, 'server.ts'), {
        PORT: String(port),
        BACKEND_PORT: String(backendPort),
      }),
  },
};
