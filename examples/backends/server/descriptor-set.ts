import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const BUF = join(ROOT, 'node_modules', '.bin', 'buf');

/** Everything that the backends serve; folders that hold more than that are narrowed by `includes`. */
const WORKSPACE = {
  version: 'v2',
  modules: [
    { path: 'proto' },
    {
      path: 'node_modules/google-proto-files',
      includes: ['node_modules/google-proto-files/google/rpc'],
    },
    { path: 'node_modules/grpc-health-check/proto' },
    {
      path: 'node_modules/@grpc/reflection/build/proto',
      includes: ['node_modules/@grpc/reflection/build/proto/grpc'],
    },
  ],
};

/** The bytes of a `google.protobuf.FileDescriptorSet`, as the compiler wrote it: options and comments included. */
export async function buildDescriptorSet(): Promise<Uint8Array> {
  const { stdout } = await promisify(execFile)(
    BUF,
    ['build', '--config', JSON.stringify(WORKSPACE), '--output', '-#format=binpb'],
    { cwd: ROOT, encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 },
  );
  return stdout;
}
