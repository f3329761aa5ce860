import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The buf binary that npm installed; it works offline. */
const BUF = join(dirname(require.resolve('@bufbuild/buf/package.json')), 'bin', 'buf');

/** One complaint of the compiler. `file` is relative to the workspace. */
export interface BuildProblem {
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly message: string;
}

export type BuildResult =
  | { readonly ok: true; readonly image: Uint8Array }
  | { readonly ok: false; readonly problems: readonly BuildProblem[] };

/** Compiles a buf workspace into the bytes of a `google.protobuf.FileDescriptorSet` with source info. */
export async function buildWithBuf(workspace: string): Promise<BuildResult> {
  const args = ['build', '.', '--as-file-descriptor-set', '-o', '-', '--error-format', 'json'];
  const child = spawn(process.execPath, [BUF, ...args], {
    cwd: workspace,
    // By default below the home folder, which a container may not have, or may not let be written.
    env: { ...process.env, BUF_CACHE_DIR: join(workspace, '.cache') },
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return { ok: true, image: Buffer.concat(stdout) };
  const lines = Buffer.concat(stderr).toString('utf8').split('\n').filter(Boolean);
  return { ok: false, problems: lines.map(parseProblem) };
}

function parseProblem(line: string): BuildProblem {
  try {
    const { path, start_line, start_column, message } = JSON.parse(line);
    return { file: path, line: start_line, column: start_column, message: String(message) };
  } catch {
    return { file: undefined, line: undefined, column: undefined, message: line };
  }
}
