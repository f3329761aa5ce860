import { Metadata, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGrpcJsTransport } from '../../src/upstream/transport/grpc-js/grpc-js-transport.ts';
import type { Transport } from '../../src/upstream/transport/transport.ts';
import { type RunningServer, startRawServer } from '../wire/raw-service.ts';

/** What grpc-js says when it had no connection, and a backend on grpc-js hands on of its own backend. */
const DETAILS = 'No connection established. Last error: connect ECONNREFUSED 10.0.0.7:4100';

let server: RunningServer;

beforeAll(async () => {
  server = await startRawServer({
    unary: {
      HandsOn: (_call, answer) => answer({ code: status.UNAVAILABLE, details: DETAILS }),
      HandsOnLate: (call, answer) => {
        call.sendMetadata(new Metadata());
        answer({ code: status.UNAVAILABLE, details: DETAILS });
      },
    },
  });
});

afterAll(() => server.close());

function connect(port: number): Transport {
  return createGrpcJsTransport({
    address: { host: '127.0.0.1', port },
    maxReceiveMessageBytes: 1024,
    maxSendMessageBytes: 1024,
  });
}

const call = (transport: Transport, method: string) =>
  transport.unary({ rpcPath: `/test.Raw/${method}`, metadata: [], message: Buffer.from('order') });

// Taken for a call that never left, an order was sent again by the retry that needs nobody's leave.
test.each(['HandsOn', 'HandsOnLate'])(
  '%s: a call that a backend answered was sent',
  async (method) => {
    const transport = connect(server.port);
    await expect(call(transport, method)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: DETAILS,
      neverSent: false,
    });
    await transport.close(0);
  },
);

test('without a connection it was not', async () => {
  const closed = await startRawServer({ unary: { HandsOn: () => {} } });
  closed.close();
  const transport = connect(closed.port);
  await expect(call(transport, 'HandsOn')).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    neverSent: true,
  });
  await transport.close(0);
});
