import type { DescEnum, DescFile, DescMessage } from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { wellKnownJson } from './well-known-json.ts';

/**
 * The types that a client needs: those of the files to generate, and what their fields reach in other
 * files, so that a contract may use a type of an import without generating the whole import. A file that
 * extends descriptor options describes contracts to tools; its types are no business of a caller.
 */
export function selectTypes(files: readonly DescFile[]): ReadonlySet<DescMessage | DescEnum> {
  const selected = new Set<DescMessage | DescEnum>();
  for (const file of files.filter((each) => !extendsOptions(each))) {
    for (const type of nestedTypes(file)) {
      if (type.kind === 'message' || type.kind === 'enum') select(type, selected);
      if (type.kind !== 'service') continue;
      for (const method of type.methods) {
        select(method.input, selected);
        select(method.output, selected);
      }
    }
  }
  return selected;
}

function select(type: DescMessage | DescEnum, selected: Set<DescMessage | DescEnum>): void {
  const pending = [type];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (selected.has(next) || wellKnownJson(next, 'output') !== undefined) continue;
    selected.add(next);
    if (next.kind === 'enum') continue;
    for (const field of next.fields) {
      if (field.message !== undefined) pending.push(field.message);
      if (field.enum !== undefined) pending.push(field.enum);
    }
  }
}

function extendsOptions(file: DescFile): boolean {
  return file.extensions.some(({ extendee }) =>
    /^google\.protobuf\.\w+Options$/.test(extendee.typeName),
  );
}
