import { create, fromBinary } from '@bufbuild/protobuf';
import { protoCamelCase } from '@bufbuild/protobuf/reflect';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import {
  type DescriptorProto,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  type FileDescriptorSet,
  FileDescriptorSetSchema,
  type SourceCodeInfo_Location,
  SourceCodeInfo_LocationSchema,
  SourceCodeInfoSchema,
} from '@bufbuild/protobuf/wkt';

/**
 * Which comments and positions are kept of a descriptor set: all, as a printer of code needs them, or
 * those of methods, as a gateway does.
 */
export type KeptComments = 'all' | 'methods';

/** Field numbers of google/protobuf/descriptor.proto. */
const FILE = 1;
const SOURCE_CODE_INFO = 9;
const LOCATION = 1;
/** Field 1 of a location, packed. */
const PATH_TAG = 0x0a;
const SERVICE = 6;

/** The path of a method: `service`, which one, `method`, which one. */
const METHOD_PATH_LENGTH = 4;

/**
 * The files of an encoded `google.protobuf.FileDescriptorSet`. Two thirds of a set's bytes are comments and
 * positions, of fields and of options for the most part, and reading them takes longer than all the rest.
 * @throws Error on bytes that are no such set.
 */
export function readDescriptorSet(bytes: Uint8Array, comments: KeptComments): FileDescriptorSet {
  const set =
    comments === 'all'
      ? fromBinary(FileDescriptorSetSchema, bytes)
      : readWithoutFieldComments(bytes);
  for (const { messageType } of set.file) messageType.forEach(nameFieldsInJson);
  return set;
}

/** Compilers write every `json_name`; what C++ and Python servers tell by reflection leaves it to the rule. */
function nameFieldsInJson({ field, nestedType }: DescriptorProto): void {
  for (const each of field) {
    if (each.jsonName === '') each.jsonName = protoCamelCase(each.name);
  }
  nestedType.forEach(nameFieldsInJson);
}

function readWithoutFieldComments(bytes: Uint8Array): FileDescriptorSet {
  const file: FileDescriptorProto[] = [];
  visitFields(bytes, (number, _start, _end, content) => {
    if (number === FILE && content !== undefined) file.push(readFile(content));
  });
  return create(FileDescriptorSetSchema, { file });
}

function readFile(bytes: Uint8Array): FileDescriptorProto {
  const kept: Uint8Array[] = [];
  const location: SourceCodeInfo_Location[] = [];
  visitFields(bytes, (number, start, end, content) => {
    if (number !== SOURCE_CODE_INFO || content === undefined) kept.push(bytes.subarray(start, end));
    else location.push(...readMethodLocations(content));
  });
  const file = fromBinary(FileDescriptorProtoSchema, Buffer.concat(kept));
  if (location.length > 0) file.sourceCodeInfo = create(SourceCodeInfoSchema, { location });
  return file;
}

function readMethodLocations(sourceCodeInfo: Uint8Array): SourceCodeInfo_Location[] {
  const locations: SourceCodeInfo_Location[] = [];
  visitFields(sourceCodeInfo, (number, _start, _end, content) => {
    if (number !== LOCATION || content === undefined || !isOfMethod(content)) return;
    locations.push(fromBinary(SourceCodeInfo_LocationSchema, content));
  });
  return locations;
}

/**
 * Looks at the bytes themselves, of which there may be a hundred thousand: `path` is packed and comes first
 * in what compilers write. Elsewhere a comment is lost, and nothing else.
 */
function isOfMethod(location: Uint8Array): boolean {
  if (location[0] !== PATH_TAG || location[2] !== SERVICE) return false;
  const end = 2 + (location[1] ?? 0);
  let steps = 0;
  // The last byte of a varint is below 128.
  for (let i = 2; i < end; i++) if ((location[i] ?? 0) < 128) steps++;
  return steps === METHOD_PATH_LENGTH;
}

/** Calls `visit` with each field: its number, where it starts and ends, and its content where that has a length. */
function visitFields(
  bytes: Uint8Array,
  visit: (number: number, start: number, end: number, content: Uint8Array | undefined) => void,
): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, wireType] = reader.tag();
    let content: Uint8Array | undefined;
    if (wireType === WireType.LengthDelimited) content = reader.bytes();
    else reader.skip(wireType, number);
    visit(number, start, reader.pos, content);
  }
}
