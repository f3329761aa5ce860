import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UserError } from '../lib/user-error.ts';
import { type BuildProblem, buildWithBuf } from './buf-build.ts';
import { describeBuildProblem } from './describe-build-problem.ts';
import { GOOGLE_PROTOS, googleFilesOf } from './google-files.ts';

const WEIR_PROTOS = join(import.meta.dirname, '..', '..', 'proto');

interface ProvidedFile {
  readonly root: string;
  /** As it is imported. */
  readonly file: string;
}

/**
 * What any contract may import without bringing it, and what error details are made of.
 * A folder that brings its own copy of one of these wins.
 */
const PROVIDED_FILES: readonly ProvidedFile[] = [
  { root: WEIR_PROTOS, file: 'weir/v1/options.proto' },
  { root: WEIR_PROTOS, file: 'buf/validate/validate.proto' },
  { root: GOOGLE_PROTOS, file: 'google/api/annotations.proto' },
  { root: GOOGLE_PROTOS, file: 'google/api/field_behavior.proto' },
  { root: GOOGLE_PROTOS, file: 'google/api/http.proto' },
  { root: GOOGLE_PROTOS, file: 'google/api/resource.proto' },
  { root: GOOGLE_PROTOS, file: 'google/rpc/code.proto' },
  { root: GOOGLE_PROTOS, file: 'google/rpc/error_details.proto' },
  { root: GOOGLE_PROTOS, file: 'google/rpc/status.proto' },
];

/**
 * Compiles folders of `.proto` together, each the root of its own imports, into the bytes of one
 * `google.protobuf.FileDescriptorSet` with comments.
 *
 * buf wants its modules under one root, so a temporary workspace of links is laid out for it.
 * @throws UserError with file, line and reason of every fault.
 */
export async function compileFolders(folders: readonly string[]): Promise<Uint8Array> {
  const contents = folders.map(listProtoFiles);
  refuseSharedFiles(folders, contents);
  const brought = new Set(contents.flat());
  const workspace = mkdtempSync(join(tmpdir(), 'weir-contracts-'));
  try {
    const modules = folders.map((folder, index) => {
      symlinkSync(folder, join(workspace, `folder-${index}`));
      return `folder-${index}`;
    });
    const sources = folders.flatMap((folder, index) =>
      (contents[index] ?? []).map((file) => readFileSync(join(folder, file), 'utf8')),
    );
    linkProvidedFiles(join(workspace, 'provided'), brought, googleFilesOf(sources));
    modules.push('provided');
    writeFileSync(
      join(workspace, 'buf.yaml'),
      JSON.stringify({ version: 'v2', modules: modules.map((path) => ({ path })) }),
    );
    const result = await buildWithBuf(workspace);
    if (!result.ok) {
      const problems = result.problems.map((problem) => describe(problem, folders, [...brought]));
      throw new UserError('The contracts do not compile:', problems);
    }
    return result.image;
  } finally {
    rmSync(workspace, { recursive: true });
  }
}

function listProtoFiles(folder: string): string[] {
  if (!existsSync(folder)) throw new UserError(`The contract folder ${folder} does not exist.`);
  if (!statSync(folder).isDirectory()) {
    throw new UserError(`${folder} is a file; name the folder that its imports start from.`);
  }
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.proto'),
  );
  if (files.length === 0) throw new UserError(`The contract folder ${folder} has no .proto file.`);
  return files;
}

function refuseSharedFiles(folders: readonly string[], contents: readonly string[][]): void {
  const owners = new Map<string, string>();
  const problems: string[] = [];
  for (const [index, folder] of folders.entries()) {
    for (const file of contents[index] ?? []) {
      const owner = owners.get(file);
      if (owner === undefined) owners.set(file, folder);
      else problems.push(`${file} is in ${owner} and in ${folder}; keep one of them.`);
    }
  }
  if (problems.length > 0) throw new UserError('The contracts do not fit together:', problems);
}

function linkProvidedFiles(
  module: string,
  brought: ReadonlySet<string>,
  imported: ReadonlySet<string>,
): void {
  mkdirSync(module);
  const files = new Map(PROVIDED_FILES.map(({ root, file }) => [file, root]));
  for (const file of imported) files.set(file, GOOGLE_PROTOS);
  for (const [file, root] of files) {
    if (brought.has(file)) continue;
    mkdirSync(dirname(join(module, file)), { recursive: true });
    symlinkSync(join(root, file), join(module, file));
  }
  // A module without any file is refused, which happens when a folder brings all of them.
  writeFileSync(join(module, 'weir-provided.proto'), 'syntax = "proto3";\n');
}

function describe(
  problem: BuildProblem,
  folders: readonly string[],
  brought: readonly string[],
): string {
  if (problem.file === undefined) return problem.message;
  const file = problem.file.replace(
    /^folder-(\d+)(?=\/)/,
    (_, index) => folders[Number(index)] ?? '',
  );
  return describeBuildProblem(problem, file, brought);
}
