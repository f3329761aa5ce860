import { createServer } from 'node:http';
import { join } from 'node:path';
import { env } from 'node:process';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { composeSubgraphs } from '@graphql-mesh/fusion-composition';
import grpcTransport from '@graphql-mesh/transport-grpc';
import { DefaultLogger } from '@graphql-mesh/utils';
import { loadGrpcSubgraph } from '@omnigraph/grpc';
import { BENCH, ROOT } from '../../places.ts';

const PROTO_FILES = ['proto/market/v1/quote_service.proto', 'proto/orders/v1/order_service.proto'];

// protobufjs brings google/protobuf/descriptor.proto, which the contract's options import.
const includeDirs = [join(ROOT, 'proto'), join(BENCH, 'node_modules', 'protobufjs')];
const subgraphs = await Promise.all(PROTO_FILES.map(load));
const composed = composeSubgraphs(subgraphs);
if (composed.errors) throw new AggregateError(composed.errors, 'The subgraphs do not compose.');

const gateway = createGatewayRuntime({
  supergraph: composed.supergraphSdl,
  transports: { grpc: grpcTransport },
  logging: 'error',
});
createServer(gateway).listen(Number(env.PORT), '127.0.0.1');

async function load(file: string) {
  const [, name = ''] = file.split('/');
  const endpoint = `127.0.0.1:${env.BACKEND_PORT}`;
  const source = { file, load: { includeDirs } };
  const subgraph = loadGrpcSubgraph(name, { endpoint, source });
  const { schema$ } = subgraph({ cwd: ROOT, logger: new DefaultLogger() });
  return { name, schema: await schema$ };
}
