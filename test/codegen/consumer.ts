import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** A frontend's project outside this repository, which has the client packages as they are published. */
export interface Consumer {
  write(path: string, text: string): void;
  /** Runs the compiler; gives its output line by line, the paths relative to the project. */
  compile(options: object): string[];
  /** Runs a module of the project with Node; gives what it printed. */
  run(path: string): string;
  remove(): void;
}

/** Copies the client packages, builds them there, and makes a project beside them. */
export function createConsumer(): Consumer {
  const folder = mkdtempSync(join(tmpdir(), 'weir-consumer-'));
  const app = join(folder, 'app');
  const modules = join(folder, 'node_modules');

  mkdirSync(join(modules, '@weir'), { recursive: true });
  for (const name of ['@trpc', '@tanstack', '@types', 'react']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  cpSync(join(ROOT, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  buildPackage('runtime', 'client');
  buildPackage('sample', 'sample-client');
  write('package.json', JSON.stringify({ type: 'module' }));

  function buildPackage(source: string, name: string): void {
    const copy = join(folder, 'clients', source);
    for (const part of ['package.json', 'tsconfig.json', 'src']) {
      cpSync(join(ROOT, 'clients', source, part), join(copy, part), { recursive: true });
    }
    symlinkSync(copy, join(modules, '@weir', name));
    const output = spawn('tsc', ['-p', copy], folder);
    if (output !== '') throw new Error(`${name} cannot be built:\n${output}`);
    // A published package's sources are for debuggers; nothing may need them to resolve.
    rmSync(join(copy, 'src'), { recursive: true });
  }

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(app, path)), { recursive: true });
    writeFileSync(join(app, path), text);
  }

  return {
    write,
    compile(options) {
      const compilerOptions = {
        strict: true,
        noEmit: true,
        target: 'es2022',
        types: [],
        ...options,
      };
      write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['*.ts'] }));
      const output = spawn('tsc', ['-p', '.', '--pretty', 'false'], app);
      return output.split('\n').filter((line) => line !== '');
    },
    run: (path) => spawn(process.execPath, [path], app),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function spawn(program: string, args: readonly string[], cwd: string): string {
  const { stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (error) throw error;
  return stdout + stderr;
}
