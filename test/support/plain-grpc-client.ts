import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import {
  messageDefinition,
  serviceDefinition,
} from '../../examples/backends/server/definitions.ts';

type Fields = Readonly<Record<string, string>>;

/** One service as any grpc-js program would call it, with no gateway in between. */
export class PlainGrpcClient {
  readonly #client: Client;
  readonly #service: string;

  /** @param service The full name, for example `market.v1.QuoteService`. */
  constructor(service: string, address: string) {
    this.#client = new Client(address, credentials.createInsecure());
    this.#service = service;
  }

  unary(name: string, request: object, metadata: Fields = {}, timeoutMs = 5_000): Promise<unknown> {
    const { path, requestSerialize, responseDeserialize } = this.#method(name);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      toMetadata(metadata),
      { deadline: Date.now() + timeoutMs },
      (error, response) => (error ? reject(error) : resolve(response)),
    );
    return promise;
  }

  serverStream(name: string, request: object, metadata: Fields = {}) {
    const { path, requestSerialize, responseDeserialize } = this.#method(name);
    return this.#client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      toMetadata(metadata),
    );
  }

  clientStream(name: string, requests: readonly object[]): Promise<unknown> {
    const { path, requestSerialize, responseDeserialize } = this.#method(name);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const call = this.#client.makeClientStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      (error, response) => (error ? reject(error) : resolve(response)),
    );
    for (const request of requests) call.write(request);
    call.end();
    return promise;
  }

  bidi(name: string) {
    const { path, requestSerialize, responseDeserialize } = this.#method(name);
    return this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  }

  close(): void {
    this.#client.close();
  }

  #method(name: string) {
    const method = serviceDefinition(this.#service)[name];
    if (method === undefined) throw new Error(`${this.#service} has no ${name}`);
    return method;
  }
}

/** How a call was refused, with its `google.rpc.Status` details by short type name, such as `ErrorInfo`. */
export async function refusalOf(
  call: Promise<unknown>,
): Promise<{ code: number; details: Readonly<Record<string, object>> }> {
  const thrown = await call.then(
    () => new Error('The call was not refused'),
    (error: unknown) => error,
  );
  if (!isServiceError(thrown)) throw thrown;
  const bytes = thrown.metadata.get('grpc-status-details-bin')[0] ?? '';
  const status = messageDefinition('google.rpc.Status').deserialize(Buffer.from(bytes));
  const details = 'details' in status && Array.isArray(status.details) ? status.details : [];
  return {
    code: thrown.code,
    details: Object.fromEntries(
      details.map(({ type_url, value }) => {
        const type = String(type_url).slice('type.googleapis.com/'.length);
        return [type.slice('google.rpc.'.length), messageDefinition(type).deserialize(value)];
      }),
    ),
  };
}

function toMetadata(fields: Fields): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(fields)) metadata.set(name, value);
  return metadata;
}

function isServiceError(thrown: unknown): thrown is ServiceError {
  return thrown instanceof Error && 'code' in thrown && 'metadata' in thrown;
}
