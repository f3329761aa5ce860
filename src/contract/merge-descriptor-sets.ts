import { create, equals, isMessage, toBinary } from '@bufbuild/protobuf';
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  type EnumDescriptorProto,
  EnumDescriptorProtoSchema,
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
 * One set from several, dependencies first. A file, and a type in files of different names, may be in more than
 * one of them as long as it is the same; comments and positions do not count.
 * @throws UserError when two sets disagree about a file or a type, or a file imports one that no set has.
 */
export function mergeDescriptorSets(sets: readonly NamedDescriptorSet[]): FileDescriptorSet {
  const problems: string[] = [];
  const files = new Map<string, Entry>();
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
  problems.push(...faultsOfTypes(files.values()));
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

interface Entry {
  readonly file: FileDescriptorProto;
  readonly origin: string;
}

/** Copies of these are in many trees, under many names and in versions that read each other. */
const COPIED = /^(?:google|buf)\./;

/** Within one set the compiler sees to it. Of two types that differ one would be taken for both. */
function faultsOfTypes(entries: Iterable<Entry>): string[] {
  const problems: string[] = [];
  const known = new Map<string, Entry & { readonly type: DescriptorProto | EnumDescriptorProto }>();
  for (const { file, origin } of entries) {
    for (const type of [...file.messageType, ...file.enumType]) {
      const name = file.package === '' ? type.name : `${file.package}.${type.name}`;
      const other = known.get(name);
      if (other === undefined) known.set(name, { file, origin, type });
      else if (!COPIED.test(name) && !bytesOf(type).equals(bytesOf(other.type))) {
        problems.push(
          `${name} is in ${other.file.name} (in ${other.origin}) and, with other content, in ${file.name} (in ${origin}); keep one of them.`,
        );
      }
    }
  }
  return problems;
}

function bytesOf(type: DescriptorProto | EnumDescriptorProto): Buffer {
  return Buffer.from(
    isMessage(type, DescriptorProtoSchema)
      ? toBinary(DescriptorProtoSchema, type)
      : toBinary(EnumDescriptorProtoSchema, type),
  );
}

function isSameFile(left: FileDescriptorProto, right: FileDescriptorProto): boolean {
  return equals(FileDescriptorProtoSchema, withoutSourceInfo(left), withoutSourceInfo(right));
}

function withoutSourceInfo(file: FileDescriptorProto): FileDescriptorProto {
  const { sourceCodeInfo, ...rest } = file;
  return rest;
}
