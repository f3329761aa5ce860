import { create, equals } from '@bufbuild/protobuf';
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  type FileDescriptorSet,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';
import { UserError } from '../lib/user-error.ts';

/** A compiled set and what to call it in an error, for example its path. */
export interface NamedDescriptorSet {
  readonly name: string;
  readonly files: FileDescriptorSet;
}

/**
 * One set from several, dependencies first. A file may be in more than one of them as long as it is
 * the same; comments and positions do not count.
 * @throws UserError when two sets disagree about a file, or a file imports one that no set has.
 */
export function mergeDescriptorSets(sets: readonly NamedDescriptorSet[]): FileDescriptorSet {
  const problems: string[] = [];
  const files = new Map<string, { file: FileDescriptorProto; origin: string }>();
  for (const { name: origin, files: set } of sets) {
    for (const file of set.file) {
      const known = files.get(file.name);
      if (known === undefined) files.set(file.name, { file, origin });
      else if (!isSameFile(known.file, file)) {
        problems.push(
          `${file.name} is in ${known.origin} and, with other content, in ${origin}; keep one of them.`,
        );
      }
    }
  }
  const ordered: FileDescriptorProto[] = [];
  const visited = new Set<string>();
  const visit = (name: string): void => {
    const entry = files.get(name);
    if (entry === undefined || visited.has(name)) return;
    visited.add(name);
    for (const dependency of entry.file.dependency) {
      if (!files.has(dependency)) {
        problems.push(
          `${name} (in ${entry.origin}) imports ${dependency}, which no contract has; compile the set with its imports.`,
        );
      }
      visit(dependency);
    }
    ordered.push(entry.file);
  };
  for (const name of files.keys()) visit(name);
  if (problems.length > 0) throw new UserError('The contracts do not fit together:', problems);
  return create(FileDescriptorSetSchema, { file: ordered });
}

function isSameFile(left: FileDescriptorProto, right: FileDescriptorProto): boolean {
  return equals(FileDescriptorProtoSchema, withoutSourceInfo(left), withoutSourceInfo(right));
}

function withoutSourceInfo(file: FileDescriptorProto): FileDescriptorProto {
  const { sourceCodeInfo, ...rest } = file;
  return rest;
}
