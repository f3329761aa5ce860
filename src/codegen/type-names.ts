import type { DescEnum, DescFile, DescMessage } from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';

/** The TypeScript names of a contract's types. A name is unique within its proto package. */
export interface TypeNames {
  /** The type of what a backend answers. */
  output(type: DescMessage | DescEnum): string;
  /** The type of what a caller may send. */
  input(type: DescMessage | DescEnum): string;
}

/**
 * `market.v1.Instrument.Venue` is `Instrument_Venue`, and `Instrument_VenueInput` as input. What another
 * type has, or TypeScript keeps for itself, gets a `$`, which no proto name can hold. Output names are
 * given first, so that a message keeps its own name beside another message's input form.
 */
export function nameTypes(files: readonly DescFile[]): TypeNames {
  const outputs = new Map<string, string>();
  const inputs = new Map<string, string>();
  for (const types of groupByPackage(files).values()) {
    const taken = new Set<string>();
    for (const type of types) outputs.set(type.typeName, claim(flatName(type), taken));
    for (const type of types) {
      const name = outputs.get(type.typeName) ?? '';
      const own = type.kind === 'message' || hasAliases(type);
      inputs.set(type.typeName, own ? claim(`${flatName(type)}Input`, taken) : name);
    }
  }
  return {
    output: (type) => lookUp(outputs, type),
    input: (type) => lookUp(inputs, type),
  };
}

/** Two names for one number: callers may send either, backends answer with the first. */
export function hasAliases(type: DescEnum): boolean {
  return new Set(type.values.map((value) => value.number)).size < type.values.length;
}

function groupByPackage(files: readonly DescFile[]): Map<string, (DescMessage | DescEnum)[]> {
  const packages = new Map<string, (DescMessage | DescEnum)[]>();
  for (const file of files.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    const types = packages.get(file.proto.package) ?? [];
    packages.set(file.proto.package, types);
    for (const type of nestedTypes(file)) {
      if (type.kind === 'message' || type.kind === 'enum') types.push(type);
    }
  }
  return packages;
}

function flatName(type: DescMessage | DescEnum): string {
  const start = type.file.proto.package === '' ? 0 : type.file.proto.package.length + 1;
  return type.typeName.slice(start).replaceAll('.', '_');
}

function claim(name: string, taken: Set<string>): string {
  let free = KEPT_BY_TYPESCRIPT.has(name) ? `${name}$` : name;
  while (taken.has(free)) free += '$';
  taken.add(free);
  return free;
}

function lookUp(names: Map<string, string>, type: DescMessage | DescEnum): string {
  const name = names.get(type.typeName);
  if (name === undefined) throw new Error(`${type.toString()} is missing from the request's files`);
  return name;
}

/** Words that cannot name a type, or that mean something else where a type is written. */
const KEPT_BY_TYPESCRIPT = new Set(
  `abstract accessor any as asserts async await bigint boolean break case catch class const continue
  debugger declare default delete do else enum export extends false finally for from function get global
  if implements import in infer instanceof interface intrinsic is keyof let module namespace never new
  null number object of out override package private protected public readonly require return satisfies
  set static string super switch symbol this throw true try type typeof undefined unique unknown using
  var void while with yield`.split(/\s+/),
);
