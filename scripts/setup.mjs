// Makes a fresh clone ready: npm packages; for the tests also Debian packages and the native server.
// Runs on any Node >= 20 before anything is installed, so it imports nothing but Node.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Debian packages by the program or file that shows they are there. */
const TEST_PACKAGES = [
  { package: 'chromium', program: 'chromium' },
  { package: 'redis-server', program: 'redis-server' },
  // Scrapes the gateway, and promtool lints its metrics and rules.
  { package: 'prometheus', program: 'promtool' },
  { package: 'slowhttptest', program: 'slowhttptest' },
  // Certificates of the wire tests.
  { package: 'openssl', program: 'openssl' },
  // For the native server of the wire tests.
  { package: 'g++', program: 'g++' },
  { package: 'pkg-config', program: 'pkg-config' },
  { package: 'libgrpc++-dev', program: '/usr/include/grpcpp/grpcpp.h' },
  { package: 'libprotobuf-dev', program: '/usr/include/google/protobuf/message.h' },
  { package: 'protobuf-compiler', program: 'protoc' },
  { package: 'protobuf-compiler-grpc', program: 'grpc_cpp_plugin' },
];

installNpmPackages();
if (process.argv.includes('--test')) {
  installDebianPackages(TEST_PACKAGES);
  run(process.execPath, ['scripts/build-interop-server.mjs']);
}

function installNpmPackages() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const digest = createHash('sha256').update(lock).digest('hex');
  const stamp = join(root, 'node_modules', '.weir-lock-digest');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  console.log('Installing npm packages (the lock file is new or has changed) …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, digest);
}

function installDebianPackages(wanted) {
  const missing = wanted.filter(({ program }) => !isInstalled(program)).map((each) => each.package);
  if (missing.length === 0) return;
  console.log(`Installing Debian packages: ${missing.join(' ')} …`);
  if (!isInstalled('apt-get')) {
    fail(`The tests need ${missing.join(', ')}, and apt-get is not here to install them.`);
  }
  const sudo = process.getuid?.() === 0 ? [] : ['sudo'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run(...withPrefix(sudo, ['apt-get', 'update', '-qq']), env);
  const install = ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...missing];
  run(...withPrefix(sudo, install), env);
}

function isInstalled(program) {
  if (program.startsWith('/')) return existsSync(program);
  const places = (process.env.PATH ?? '').split(delimiter).concat('/usr/sbin', '/sbin');
  return places.some((place) => existsSync(join(place, program)));
}

function withPrefix(prefix, command) {
  const [program, ...args] = [...prefix, ...command];
  return [program, args];
}

function run(program, args, env = process.env) {
  const { status, error } = spawnSync(program, args, { cwd: root, env, stdio: ['ignore', 2, 2] });
  if (error) fail(`${program} could not be started: ${error.message}`);
  if (status !== 0) fail(`\`${program} ${args.join(' ')}\` ended with status ${status}.`);
}

function fail(message) {
  console.error(`Set-up stopped: ${message}`);
  process.exit(1);
}
