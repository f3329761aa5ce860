import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { BENCH, BUILD, ROOT } from './places.ts';

/** Debian packages by the program or file that shows they are there. */
const DEBIAN_PACKAGES = [
  { package: 'wrk', shownBy: 'wrk' },
  { package: 'nghttp2-client', shownBy: 'h2load' },
  { package: 'nginx', shownBy: 'nginx' },
  { package: 'util-linux', shownBy: 'taskset' },
  { package: 'g++', shownBy: 'g++' },
  { package: 'libnghttp2-dev', shownBy: '/usr/include/nghttp2/nghttp2.h' },
];

const NATIVE_PROGRAMS = [
  { name: 'grpc-backend', libraries: ['-lnghttp2'] },
  { name: 'open-loop', libraries: [] },
  { name: 'count-stream', libraries: [] },
  { name: 'ws-subscribers', libraries: [] },
];

/** Installs and builds what a run needs; the second time only Weir itself, which may have changed. */
export function prepare(): void {
  if (process.platform !== 'linux') {
    throw new Error('The bench pins processes and reads /proc, so it runs on Linux only.');
  }
  if (availableParallelism() < 2) {
    throw new Error('The bench needs two cores: one for the subject, one for everything else.');
  }
  mkdirSync(BUILD, { recursive: true });
  rmSync(join(BUILD, 'weir'), { recursive: true, force: true });
  installDebianPackages();
  installNpmPackages();
  for (const { name, libraries } of NATIVE_PROGRAMS) buildNative(name, libraries);
  run([join(ROOT, 'node_modules', '.bin', 'tsc'), '-p', join(ROOT, 'tsconfig.build.json')]);
}

function installDebianPackages(): void {
  const missing = DEBIAN_PACKAGES.filter(({ shownBy }) => !isThere(shownBy));
  if (missing.length === 0) return;
  const names = missing.map((each) => each.package);
  if (!isThere('apt-get')) {
    throw new Error(
      `The bench needs ${names.join(', ')}, and apt-get is not here to install them.`,
    );
  }
  console.log(`Installing Debian packages: ${names.join(' ')} …`);
  const sudo = process.getuid?.() === 0 ? [] : ['sudo'];
  run([...sudo, 'apt-get', 'update', '-qq']);
  run([...sudo, 'apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...names]);
}

function installNpmPackages(): void {
  const lock = readFileSync(join(BENCH, 'package-lock.json'));
  const digest = createHash('sha256').update(lock).digest('hex');
  const stamp = join(BENCH, 'node_modules', '.bench-lock-digest');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  console.log('Installing the npm packages of the subjects …');
  run(['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, digest);
}

function buildNative(name: string, libraries: readonly string[]): void {
  const source = join(BENCH, 'native', `${name}.cpp`);
  const program = join(BUILD, name);
  if (existsSync(program) && statSync(program).mtimeMs > statSync(source).mtimeMs) return;
  console.log(`Building ${name} …`);
  run(['g++', '-O2', '-Wall', '-std=c++17', '-o', program, source, ...libraries]);
}

function isThere(program: string): boolean {
  if (program.startsWith('/')) return existsSync(program);
  const places = (process.env.PATH ?? '').split(delimiter).concat('/usr/sbin', '/sbin');
  return places.some((place) => existsSync(join(place, program)));
}

function run([program = '', ...args]: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, error } = spawnSync(program, args, {
    cwd: BENCH,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error) throw new Error(`${program} could not be started: ${error.message}`);
  if (status !== 0) throw new Error(`\`${program} ${args.join(' ')}\` ended with ${status}.`);
}
