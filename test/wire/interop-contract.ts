import { join } from 'node:path';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';

/** The messages of `interop-server/interop.proto`, as far as the tests fill and read them. */
export interface Payload {
  readonly body: Uint8Array;
}
interface BoolValue {
  readonly value: boolean;
}
export interface EchoStatus {
  readonly code: number;
  readonly message: string;
}
export interface SimpleRequest {
  readonly response_size?: number;
  readonly payload?: Payload;
  readonly response_status?: EchoStatus | null;
  readonly response_compressed?: BoolValue;
  readonly expect_compressed?: BoolValue;
}
export interface ResponseParameters {
  readonly size: number;
  readonly interval_us?: number;
  readonly compressed?: BoolValue;
}
export interface StreamingOutputCallRequest {
  readonly response_parameters?: readonly ResponseParameters[];
  readonly payload?: Payload;
  readonly response_status?: EchoStatus | null;
}
export interface StreamingInputCallRequest {
  readonly payload?: Payload;
  readonly expect_compressed?: BoolValue;
}

const contract: PackageDefinition = loadSync(
  join(import.meta.dirname, 'interop-server', 'interop.proto'),
  { keepCase: true },
);

const service = contract['weir.interop.TestService'];
// A definition with a format is a message or an enum.
if (service === undefined || 'format' in service)
  throw new Error('interop.proto has no TestService');
export const INTEROP_SERVICE: ServiceDefinition = service;

/** Encodes the requests and decodes the answers of one method. */
export interface MethodCodec<Request extends object, Reply> {
  readonly rpcPath: string;
  encode(request: Request): Buffer;
  decode(bytes: Uint8Array): Reply;
}

export function codecOf<Request extends object, Reply>(
  method: string,
): MethodCodec<Request, Reply> {
  const definition = INTEROP_SERVICE[method];
  if (definition === undefined) throw new Error(`TestService has no ${method}`);
  return {
    rpcPath: definition.path,
    encode: (request) => definition.requestSerialize(request),
    decode: (bytes) => definition.responseDeserialize(Buffer.from(bytes)) as Reply,
  };
}
