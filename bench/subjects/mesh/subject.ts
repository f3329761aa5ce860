import { join } from 'node:path';
import { graphql } from '../../protocols/graphql.ts';
import { nodeCommand, type Subject } from '../../subject.ts';

/** Hive Gateway with the gRPC handler of GraphQL Mesh: the contract as GraphQL. */
export const mesh: Subject = {
  name: 'mesh',
  protocol: graphql,
  commands: {
    gateway: ({ port, backendPort }) =>
      nodeCommand(join(import.meta.dirname, 'server.ts'), {
        PORT: String(port),
        BACKEND_PORT: String(backendPort),
      }),
  },
};
