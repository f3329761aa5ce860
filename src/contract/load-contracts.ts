import { readFileSync } from 'node:fs';
import type { FileDescriptorSet } from '@bufbuild/protobuf/wkt';
import type { ContractSource } from '../config/schema.ts';
import { UserError } from '../lib/user-error.ts';
import { compileFolders } from './compile-folders.ts';
import { mergeDescriptorSets, type NamedDescriptorSet } from './merge-descriptor-sets.ts';
import { providedFiles } from './provided-files.ts';
import { type KeptComments, readDescriptorSet } from './read-descriptor-set.ts';
import { type ContractSnapshot, createSnapshot, type SnapshotSource } from './snapshot.ts';

/** Files that come with every contract; their services are never published. */
const IMPORT_ONLY =
  /^(?:google\/(?:protobuf|api|rpc|type|longrunning)|buf\/validate|weir\/v1|grpc\/(?:health|reflection))\//;

/**
 * Reads folders of `.proto` and compiled descriptor sets into one snapshot.
 * @throws UserError with file, line and reason of every fault.
 */
export async function loadContracts(sources: readonly ContractSource[]): Promise<ContractSnapshot> {
  return createSnapshot(await compileContracts(sources, 'methods'));
}

/**
 * The same, stopped before the snapshot: one descriptor set, and whose services count.
 * @throws UserError with file, line and reason of every fault.
 */
export async function compileContracts(
  sources: readonly ContractSource[],
  comments: KeptComments,
): Promise<SnapshotSource> {
  const folders = sources.flatMap((source) => ('folder' in source ? [source.folder] : []));
  const sets: NamedDescriptorSet[] = sources.flatMap((source) =>
    'descriptorSet' in source
      ? [{ name: source.descriptorSet, files: readFile(source.descriptorSet, comments) }]
      : [],
  );
  // Without a folder there is nothing to compile, and no compiler to start.
  const rest =
    folders.length === 0
      ? { name: "Weir's own contracts", files: providedFiles(sets) }
      : {
          name: folders.join(', '),
          files: readDescriptorSet(await compileFolders(folders), comments),
        };
  const files = mergeDescriptorSets([...sets, rest]);
  const published = files.file.map((file) => file.name).filter((name) => !IMPORT_ONLY.test(name));
  return { files, published: new Set(published) };
}

function readFile(path: string, comments: KeptComments): FileDescriptorSet {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new UserError(`The descriptor set ${path} cannot be read: ${messageOf(cause)}`, [], {
      cause,
    });
  }
  try {
    return readDescriptorSet(bytes, comments);
  } catch (cause) {
    throw new UserError(
      `${path} is not a compiled FileDescriptorSet; make one with \`buf build -o contracts.binpb\`.`,
      [],
      { cause },
    );
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
