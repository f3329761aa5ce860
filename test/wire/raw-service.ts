import {
  type handleBidiStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerOptions,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';

const asIs = (bytes: Buffer) => bytes;

/** Handlers of a service whose messages are plain bytes, by method name under `/test.Raw/`. */
export interface RawHandlers {
  readonly unary?: Readonly<Record<string, handleUnaryCall<Buffer, Buffer>>>;
  readonly stream?: Readonly<Record<string, handleBidiStreamingCall<Buffer, Buffer>>>;
}

export interface RunningServer {
  readonly port: number;
  readonly server: Server;
  close(): void;
}

/** A grpc-js server on a free port of the loopback. */
export async function startRawServer(
  handlers: RawHandlers,
  options: ServerOptions = {},
  credentials = ServerCredentials.createInsecure(),
  address = '127.0.0.1:0',
): Promise<RunningServer> {
  const server = new Server(options);
  const definition = Object.fromEntries(
    [
      ...Object.keys(handlers.unary ?? {}).map((name) => [name, false] as const),
      ...Object.keys(handlers.stream ?? {}).map((name) => [name, true] as const),
    ].map(([name, streams]) => [
      name,
      {
        path: `/test.Raw/${name}`,
        requestStream: streams,
        responseStream: streams,
        requestSerialize: asIs,
        requestDeserialize: asIs,
        responseSerialize: asIs,
        responseDeserialize: asIs,
      },
    ]),
  );
  const implementation: UntypedServiceImplementation = { ...handlers.unary, ...handlers.stream };
  server.addService(definition, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, credentials, (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return { port, server, close: () => server.forceShutdown() };
}
