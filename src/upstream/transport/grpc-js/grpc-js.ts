import { createRequire } from 'node:module';

type GrpcJs = typeof import('@grpc/grpc-js');

const require = createRequire(import.meta.url);
let library: GrpcJs | undefined;

/** The library, loaded with the first transport on it: megabytes that most gateways never use. */
export function grpcJs(): GrpcJs {
  if (library !== undefined) return library;
  const loaded: GrpcJs = require('@grpc/grpc-js');
  library = loaded;
  return loaded;
}
