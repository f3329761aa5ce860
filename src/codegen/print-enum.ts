import type { DescEnum, DescEnumValue } from '@bufbuild/protobuf';
import { docComment } from './doc-comment.ts';
import type { Scope } from './json-type.ts';
import { hasAliases } from './type-names.ts';

/**
 * Prints an enum as the union of its names, and where it has aliases an input form that accepts them.
 * ProtoJSON reads numbers too and writes them for values that the contract does not know; a union with
 * `number` would take the exhaustiveness check away from everyone for the sake of that.
 */
export function printEnum(scope: Scope, type: DescEnum): void {
  const seen = new Set<number>();
  const first: DescEnumValue[] = [];
  const aliases: DescEnumValue[] = [];
  for (const value of type.values) {
    (seen.has(value.number) ? aliases : first).push(value);
    seen.add(value.number);
  }
  const name = scope.names.output(type);
  scope.file.print(docComment(type), scope.file.export('type', name), ' =');
  printValues(scope, first);
  if (!hasAliases(type)) return;
  scope.file.print(docComment(type), scope.file.export('type', scope.names.input(type)), ' =');
  printValues(scope, aliases, `  | ${name}`);
}

function printValues(scope: Scope, values: readonly DescEnumValue[], more = ''): void {
  const lines = values.map((value) => `${docComment(value, '  ')}  | '${value.name}'`);
  if (more !== '') lines.push(more);
  scope.file.print(lines.join('\n'), ';');
  scope.file.print();
}
