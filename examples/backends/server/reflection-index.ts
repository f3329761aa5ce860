import {
  createFileRegistry,
  type DescExtension,
  type DescFile,
  type FileRegistry,
  fromBinary,
  toBinary,
} from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/** The compiler's own descriptors by file, by symbol and by extension, as reflection clients ask for them. */
export class ReflectionIndex {
  readonly #registry: FileRegistry;
  readonly #extensions: readonly DescExtension[];

  constructor(descriptorSet: Uint8Array) {
    this.#registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet));
    this.#extensions = [...this.#registry].filter((type) => type.kind === 'extension');
  }

  /** `FileDescriptorProto` bytes of the file and of all it imports, the file itself first. */
  fileByName(name: string): Uint8Array[] | undefined {
    const file = this.#registry.getFile(name);
    return file && serialize(file);
  }

  /** @param symbol The full name of a service, method, message, field, oneof, enum, value or extension. */
  fileContainingSymbol(symbol: string): Uint8Array[] | undefined {
    const type = this.#registry.get(symbol) ?? this.#registry.get(parentOf(symbol));
    if (type === undefined) return undefined;
    const whole =
      type.typeName === symbol || hasMember(type, symbol.slice(type.typeName.length + 1));
    return whole ? serialize(type.file) : undefined;
  }

  fileContainingExtension(message: string, number: number): Uint8Array[] | undefined {
    const extension = this.#extensions.find(
      (each) => each.extendee.typeName === message && each.number === number,
    );
    return extension && serialize(extension.file);
  }

  extensionNumbers(message: string): number[] | undefined {
    if (this.#registry.getMessage(message) === undefined) return undefined;
    return this.#extensions
      .filter((extension) => extension.extendee.typeName === message)
      .map((extension) => extension.number);
  }
}

function parentOf(symbol: string): string {
  return symbol.slice(0, Math.max(0, symbol.lastIndexOf('.')));
}

type Type = NonNullable<ReturnType<FileRegistry['get']>>;

function hasMember(type: Type, name: string): boolean {
  const members: readonly { name: string }[] =
    type.kind === 'service'
      ? type.methods
      : type.kind === 'message'
        ? [...type.fields, ...type.oneofs]
        : type.kind === 'enum'
          ? type.values
          : [];
  return members.some((member) => member.name === name);
}

function serialize(file: DescFile, seen = new Set<DescFile>()): Uint8Array[] {
  if (seen.has(file)) return [];
  seen.add(file);
  return [
    toBinary(FileDescriptorProtoSchema, file.proto),
    ...file.dependencies.flatMap((dependency) => serialize(dependency, seen)),
  ];
}
