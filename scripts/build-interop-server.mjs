// Compiles the native server of the wire tests once, and again when its sources have changed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const source = join(root, 'test', 'wire', 'interop-server');
const built = join(root, '.weir', 'interop-server');
const program = join(built, 'interop-server');
const stamp = join(built, 'digest');

const digest = createHash('sha256');
for (const file of ['interop.proto', 'interop-server.cc']) {
  digest.update(readFileSync(join(source, file)));
}
const wanted = digest.digest('hex');
const isBuilt = existsSync(program) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
if (!isBuilt) build();

function build() {
  console.log('Compiling the native server of the wire tests …');
  mkdirSync(built, { recursive: true });
  const plugin = execFileSync('which', ['grpc_cpp_plugin'], { encoding: 'utf8' }).trim();
  run('protoc', [
    `--proto_path=${source}`,
    `--cpp_out=${built}`,
    `--grpc_out=${built}`,
    `--plugin=protoc-gen-grpc=${plugin}`,
    'interop.proto',
  ]);
  const flags = execFileSync('pkg-config', ['--cflags', '--libs', 'grpc++', 'protobuf'], {
    encoding: 'utf8',
  });
  run('g++', [
    '-std=c++17',
    '-O1',
    `-I${built}`,
    join(source, 'interop-server.cc'),
    join(built, 'interop.pb.cc'),
    join(built, 'interop.grpc.pb.cc'),
    '-o',
    program,
    ...flags.trim().split(/\s+/),
  ]);
  writeFileSync(stamp, wanted);
}

function run(tool, args) {
  execFileSync(tool, args, { cwd: root, stdio: ['ignore', 2, 2] });
}
