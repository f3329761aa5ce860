import type { Metadata as GrpcJsMetadata } from '@grpc/grpc-js';
import type { Metadata } from '../transport.ts';
import { grpcJs } from './grpc-js.ts';

export function toGrpcJsMetadata(metadata: Metadata): GrpcJsMetadata {
  const result = new (grpcJs().Metadata)();
  for (const [name, value] of metadata) {
    result.add(name, name.endsWith('-bin') ? Buffer.from(value, 'base64') : value);
  }
  return result;
}

export function fromGrpcJsMetadata(metadata: GrpcJsMetadata): Metadata {
  return Object.keys(metadata.getMap()).flatMap((name) =>
    metadata
      .get(name)
      .map(
        (value) => [name, typeof value === 'string' ? value : value.toString('base64')] as const,
      ),
  );
}
