import { setTimeout as sleep } from 'node:timers/promises';
import {
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
} from '@grpc/grpc-js';
import {
  INTEROP_SERVICE,
  type SimpleRequest,
  type StreamingInputCallRequest,
  type StreamingOutputCallRequest,
} from './interop-contract.ts';

export interface InteropServer {
  readonly port: number;
  close(): Promise<void>;
}

interface OutputReply {
  readonly payload: { readonly body: Buffer };
}

/** What of the caller's metadata comes back in the headers, and what in the trailers. */
function echo(metadata: Metadata, name: string): Metadata {
  const echoed = new Metadata();
  for (const value of metadata.get(name)) echoed.add(name, value);
  return echoed;
}
const headersFor = (metadata: Metadata) => echo(metadata, 'x-grpc-test-echo-initial');
const trailersFor = (metadata: Metadata) => echo(metadata, 'x-grpc-test-echo-trailing-bin');

const zeros = (size: number): OutputReply => ({ payload: { body: Buffer.alloc(size) } });

const emptyCall: handleUnaryCall<object, object> = (call, answer) => {
  call.sendMetadata(headersFor(call.metadata));
  answer(null, {}, trailersFor(call.metadata));
};

const unaryCall: handleUnaryCall<SimpleRequest, OutputReply> = (call, answer) => {
  const { response_status: status, response_size: size = 0 } = call.request;
  call.sendMetadata(headersFor(call.metadata));
  if (status) answer({ code: status.code, details: status.message });
  else answer(null, zeros(size), trailersFor(call.metadata));
};

const streamingOutputCall: handleServerStreamingCall<
  StreamingOutputCallRequest,
  OutputReply
> = async (call) => {
  for (const { size } of call.request.response_parameters ?? []) call.write(zeros(size));
  call.end(trailersFor(call.metadata));
};

const streamingInputCall: handleClientStreamingCall<StreamingInputCallRequest, object> = (
  call,
  answer,
) => {
  let size = 0;
  call.on('data', ({ payload }: StreamingInputCallRequest) => {
    size += payload?.body.length ?? 0;
  });
  call.on('end', () => answer(null, { aggregated_payload_size: size }));
};

const fullDuplexCall: handleBidiStreamingCall<StreamingOutputCallRequest, OutputReply> = (call) => {
  call.sendMetadata(headersFor(call.metadata));
  // Iterating over the call would destroy it at the end of the requests, before its status is sent.
  let answered = Promise.resolve();
  call.on('data', (request: StreamingOutputCallRequest) => {
    answered = answered.then(() => answerDuplex(call, request));
  });
  call.on('end', () => {
    answered.then(() => call.end(trailersFor(call.metadata)));
  });
};

async function answerDuplex(
  call: ServerDuplexStream<StreamingOutputCallRequest, OutputReply>,
  { response_status: status, response_parameters: parameters = [] }: StreamingOutputCallRequest,
): Promise<void> {
  if (status) {
    call.emit('error', { code: status.code, details: status.message });
    return;
  }
  for (const { size, interval_us: intervalUs = 0 } of parameters) {
    if (intervalUs > 0) await sleep(intervalUs / 1_000);
    call.write(zeros(size));
  }
}

/** The interop service on grpc-js, whose servers neither compress nor tell what was compressed. */
export async function startNodeInteropServer(): Promise<InteropServer> {
  const server = new Server();
  const { UnimplementedCall: _unimplemented, ...served } = INTEROP_SERVICE;
  server.addService(served, {
    EmptyCall: emptyCall,
    UnaryCall: unaryCall,
    StreamingOutputCall: streamingOutputCall,
    StreamingInputCall: streamingInputCall,
    FullDuplexCall: fullDuplexCall,
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return { port, close: async () => server.forceShutdown() };
}
