import type { SecureContext } from 'node:tls';
import type {
  CallOptions,
  ChannelCredentials,
  ClientOptions,
  Client as GrpcJsClient,
  Metadata as GrpcJsMetadata,
  ServiceError,
} from '@grpc/grpc-js';
import { type GrpcCode, toGrpcCode, WeirError } from '../../../errors.ts';
import type { EndpointAddress } from '../endpoint-address.ts';
import type {
  Metadata,
  ReplyStream,
  StreamRequest,
  Transport,
  TransportRequest,
  UnaryReply,
  UnaryRequest,
} from '../transport.ts';
import { ConnectionLosses } from './connection-losses.ts';
import { grpcJs } from './grpc-js.ts';
import { fromGrpcJsMetadata, toGrpcJsMetadata } from './metadata.ts';
import { createRenewingClient } from './renewing-client.ts';
import { RunningCalls } from './running-calls.ts';

export interface GrpcJsTransportOptions {
  readonly address: EndpointAddress;
  /** Absent: plaintext. */
  readonly tls?:
    | {
        readonly contexts: {
          readonly current: SecureContext;
          onChange(listener: () => void): () => void;
        };
        readonly serverName?: string | undefined;
      }
    | undefined;
  /** The `:authority`; default: the server name, or host and port. */
  readonly authority?: string | undefined;
  readonly maxReceiveMessageBytes: number;
  readonly maxSendMessageBytes: number;
}

/** The reference transport, on `@grpc/grpc-js`. Its own retries and balancing are off: Weir owns both. */
export function createGrpcJsTransport(options: GrpcJsTransportOptions): Transport {
  const client = createRenewingClient({
    create: () =>
      new (grpcJs().Client)(
        toTarget(options.address),
        toCredentials(options.tls),
        toClientOptions(options),
      ),
    onChange: options.tls?.contexts.onChange,
  });
  const running = new RunningCalls();
  const losses = new ConnectionLosses();
  return {
    unary: (request) => callUnary(client.current, request, running, losses),
    stream: (request) => openStream(client.current, request, running, losses),
    connect: () => void client.current.getChannel().getConnectivityState(true),
    async close(graceMs) {
      await running.close(graceMs);
      client.close();
    },
  };
}

function toTarget(address: EndpointAddress): string {
  if ('path' in address) return `unix:${address.path}`;
  return address.host.includes(':')
    ? `[${address.host}]:${address.port}`
    : `${address.host}:${address.port}`;
}

function toCredentials(tls: GrpcJsTransportOptions['tls']): ChannelCredentials {
  const { credentials } = grpcJs();
  if (tls === undefined) return credentials.createInsecure();
  return credentials.createFromSecureContext(tls.contexts.current);
}

function toClientOptions(options: GrpcJsTransportOptions): ClientOptions {
  const serverName = options.tls?.serverName;
  return {
    'grpc.enable_retries': 0,
    'grpc.service_config_disable_resolution': 1,
    'grpc.max_receive_message_length': options.maxReceiveMessageBytes,
    'grpc.max_send_message_length': options.maxSendMessageBytes,
    // A channel of its own, so that closing this transport closes its connection.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
    ...(options.authority === undefined ? {} : { 'grpc.default_authority': options.authority }),
    ...(serverName === undefined ? {} : { 'grpc.ssl_target_name_override': serverName }),
  };
}

function callUnary(
  client: GrpcJsClient,
  request: UnaryRequest,
  running: RunningCalls,
  losses: ConnectionLosses,
): Promise<UnaryReply> {
  return new Promise((resolve, reject) => {
    const cancel = (reason: Error): void => {
      call.cancel();
      reject(reason);
    };
    const ended = running.begin(cancel);
    let headers: Metadata | undefined;
    let message: Uint8Array | undefined;
    const call = client.makeUnaryRequest(
      request.rpcPath,
      asBuffer,
      (bytes) => bytes,
      request.message,
      toGrpcJsMetadata(request.metadata),
      toCallOptions(request),
      (error, bytes) => {
        message = bytes;
        if (error === null) return;
        forget?.();
        ended();
        reject(toWeirError(error, headers !== undefined, losses));
      },
    );
    call.on('metadata', (metadata: GrpcJsMetadata) => {
      headers = fromGrpcJsMetadata(metadata);
    });
    // Emitted after the callback above, with the trailers that the callback does not get.
    call.on('status', (status: { metadata: GrpcJsMetadata }) => {
      if (message === undefined) return;
      forget?.();
      ended();
      resolve({ message, headers: headers ?? [], trailers: fromGrpcJsMetadata(status.metadata) });
    });
    const forget = request.cancellation?.onCancel(cancel);
  });
}

function openStream(
  client: GrpcJsClient,
  request: StreamRequest,
  running: RunningCalls,
  losses: ConnectionLosses,
): ReplyStream {
  const cancel = (reason: Error): void => {
    fail(reason);
    call.cancel();
  };
  const ended = running.begin(cancel);
  const call = client.makeBidiStreamRequest<Uint8Array, Buffer>(
    request.rpcPath,
    asBuffer,
    (bytes) => bytes,
    toGrpcJsMetadata(request.metadata),
    toCallOptions(request),
  );
  const headers = Promise.withResolvers<Metadata>();
  const trailers = Promise.withResolvers<Metadata>();
  headers.promise.catch(() => {});
  trailers.promise.catch(() => {});
  let failure: unknown;
  let answering = false;
  const fail = (error: unknown): void => {
    failure ??= error;
    headers.reject(failure);
    trailers.reject(failure);
  };
  call.once('metadata', (metadata: GrpcJsMetadata) => {
    answering = true;
    headers.resolve(fromGrpcJsMetadata(metadata));
  });
  call.once('status', (status: { code: number; metadata: GrpcJsMetadata }) => {
    ended();
    if (status.code !== 0) return;
    headers.resolve([]);
    trailers.resolve(fromGrpcJsMetadata(status.metadata));
  });
  // Leaving the iteration early destroys the stream, which reports an error that is no status.
  call.on('error', (error: unknown) => fail(toWeirError(error, answering, losses)));
  const forget = request.cancellation?.onCancel(cancel);
  sendAll(request.messages).catch((error: unknown) => {
    fail(WeirError.from(error));
    call.cancel();
  });

  async function sendAll(messages: StreamRequest['messages']): Promise<void> {
    for await (const message of messages) {
      if (call.destroyed) return;
      if (!call.write(message)) await drained();
    }
    call.end();
  }

  function drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        call.off('drain', done).off('close', done);
        resolve();
      };
      call.on('drain', done).on('close', done);
    });
  }

  async function* read(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const message of call) yield message;
      await trailers.promise;
    } catch (error) {
      throw failure ?? toWeirError(error, answering, losses);
    } finally {
      forget?.();
      ended();
      call.cancel();
    }
  }

  return { headers: headers.promise, trailers: trailers.promise, [Symbol.asyncIterator]: read };
}

function toCallOptions(request: TransportRequest): CallOptions {
  if (request.deadline === undefined) return {};
  return { deadline: Date.now() + Math.max(0, request.deadline - performance.now()) };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'metadata' in error;
}

/** What grpc-js also says on its own, when the connection broke, time ran out or an answer was unreadable. */
const SAID_BY_GRPC_JS: ReadonlySet<GrpcCode> = new Set([
  'CANCELLED',
  'DEADLINE_EXCEEDED',
  'INTERNAL',
  'RESOURCE_EXHAUSTED',
  'UNAVAILABLE',
  'UNIMPLEMENTED',
  'UNKNOWN',
]);

/** What grpc-js says when the connection broke under a call. */
const LOST = /^(?:Connection dropped$|(?:read|write) E(?:CONNRESET|TIMEDOUT|PIPE))/;

/** @param answering the head of an answer has come */
function toWeirError(error: unknown, answering: boolean, losses: ConnectionLosses): WeirError {
  if (!isServiceError(error)) return WeirError.from(error);
  const [statusDetails] = error.metadata.get('grpc-status-details-bin');
  const metadata = fromGrpcJsMetadata(error.metadata);
  // A backend on grpc-js hands on the same words of a backend of its own. What came over the wire has a
  // content-type at the least (gRPC PROTOCOL-HTTP2, Trailers-Only); what was never sent has nothing.
  const local = !answering && metadata.length === 0;
  const code = toGrpcCode(error.code);
  const told = new WeirError(code, error.details, {
    origin: 'backend',
    answered: !SAID_BY_GRPC_JS.has(code),
    neverSent: local && /^(?:No connection established|Name resolution failed)/.test(error.details),
    metadata,
    cause: error,
    ...(statusDetails instanceof Uint8Array ? { statusDetails } : {}),
  });
  const lost = code === 'UNAVAILABLE' && metadata.length === 0 && LOST.test(error.details);
  return lost ? losses.share(told) : told;
}
