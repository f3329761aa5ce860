import { createServer } from 'node:http';
import { env } from 'node:process';
import type { DescMethod, DescMethodServerStreaming, DescMethodUnary } from '@bufbuild/protobuf';
import type { ConnectRouter } from '@connectrpc/connect';
import { connectNodeAdapter, createGrpcTransport } from '@connectrpc/connect-node';
import { contract } from '../../contract.ts';

const transport = createGrpcTransport({ baseUrl: `http://127.0.0.1:${env.BACKEND_PORT}` });

const handler = connectNodeAdapter({
  routes(router) {
    for (const name of ['market.v1.QuoteService', 'orders.v1.OrderService']) {
      for (const method of contract().getService(name)?.methods ?? []) passOn(router, method);
    }
  },
  jsonOptions: { alwaysEmitImplicit: true },
});
createServer(handler).listen(Number(env.PORT), '127.0.0.1');

/** What a client made with `createClient` does inside, for a method that is known only by descriptor. */
function passOn(router: ConnectRouter, method: DescMethod): void {
  if (isUnary(method)) {
    router.rpc(method, async (request, { signal }) => {
      const answer = await transport.unary(method, signal, undefined, undefined, request);
      return answer.message;
    });
  } else if (isServerStreaming(method)) {
    router.rpc(method, async function* (request, { signal }) {
      const requests = (async function* () {
        yield request;
      })();
      const answer = await transport.stream(method, signal, undefined, undefined, requests);
      yield* answer.message;
    });
  }
}

function isUnary(method: DescMethod): method is DescMethodUnary {
  return method.methodKind === 'unary';
}

function isServerStreaming(method: DescMethod): method is DescMethodServerStreaming {
  return method.methodKind === 'server_streaming';
}
