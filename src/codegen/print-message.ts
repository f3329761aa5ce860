import type { DescField, DescMessage, DescOneof } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import type { Printable } from '@bufbuild/protoplugin';
import { docComment } from './doc-comment.ts';
import { fieldType, type Scope, supportType } from './json-type.ts';
import { propertyName } from './property-name.ts';
import type { Form } from './well-known-json.ts';

/**
 * TypeScript multiplies out an intersection of unions and gives up at 100,000 combinations. Oneofs that
 * would bring a message above this number are written as optional members that do not exclude each other.
 */
const MAX_COMBINATIONS = 512;

/** Prints a message's output form `X` and input form `XInput`. */
export function printMessage(scope: Scope, message: DescMessage): void {
  for (const form of ['output', 'input'] as const) {
    const { exclusive, loose } = splitOneofs(message);
    const plain = message.members.flatMap((member) => {
      if (member.kind === 'field') return isNamed(member) ? [plainField(scope, member, form)] : [];
      return loose.includes(member) ? looseMembers(scope, member, form) : [];
    });
    const parts = exclusive.map((oneof) => exclusiveMembers(scope, oneof, form));
    scope.file.print(
      docComment(message),
      scope.file.export('type', scope.names[form](message)),
      ' = ',
      joinParts(plain, parts),
      ';',
    );
    scope.file.print();
  }
}

/** In proto2 two fields may have one name in JSON; the gateway reads it as the field of the higher number. */
function isNamed({ parent, jsonName, number }: DescField): boolean {
  return !parent.fields.some((other) => other.jsonName === jsonName && other.number > number);
}

function joinParts(plain: Printable[], oneofs: Printable[]): Printable {
  if (oneofs.length === 0) return plain.length === 0 ? '{ [key: string]: never }' : block(plain);
  const parts = plain.length === 0 ? oneofs : [block(plain), ...oneofs];
  return parts.flatMap((part, index) => (index === 0 ? [part] : [' & ', part]));
}

function block(lines: Printable[]): Printable {
  return ['{\n', ...lines, '}'];
}

function plainField(scope: Scope, field: DescField, form: Form): Printable {
  const property = propertyName(field.jsonName);
  const type = fieldType(scope, field, form);
  const required = form === 'output' ? isAlwaysEmitted(field) : field.presence === LEGACY_REQUIRED;
  if (required) return line(docComment(field, '  '), ['  ', property, ': ', type]);
  return line(docComment(field, '  '), [
    ['  ', property, '?: ', type],
    form === 'output' ? '' : tellsUnset(field) ? ' | null | undefined' : ' | undefined',
    inherited(scope, field, form),
  ]);
}

/**
 * Every object has a `toString` and a `constructor`, which TypeScript compares with an input's field of that
 * name even where the caller left it out. JSON never holds functions, so nothing wrong is sent.
 */
function inherited(scope: Scope, { jsonName }: DescField, form: Form): Printable {
  return form === 'input' && jsonName in {} ? [' | ', supportType(scope, 'Inherited')] : '';
}

const { EXPLICIT, LEGACY_REQUIRED } = FeatureSet_FieldPresence;

/** Weir emits lists, maps and fields of implicit presence even where they hold their default. */
function isAlwaysEmitted(field: DescField): boolean {
  return field.fieldKind === 'list' || field.fieldKind === 'map' || field.presence !== EXPLICIT;
}

/** For these `null` says "unset", which differs from the default value. */
function tellsUnset(field: DescField): boolean {
  return field.fieldKind !== 'list' && field.fieldKind !== 'map' && field.presence === EXPLICIT;
}

function looseMembers(scope: Scope, oneof: DescOneof, form: Form): Printable[] {
  const fields = membersOf(oneof);
  const note = `  // At most one of \`${oneof.name}\` is set: ${fields.map((each) => propertyName(each.jsonName)).join(', ')}.\n`;
  const undefinedToo = form === 'input' ? ' | undefined' : '';
  const members = fields.map((field) => {
    const property = ['  ', propertyName(field.jsonName), '?: '];
    return line(docComment(field, '  '), [
      [...property, fieldType(scope, field, form), undefinedToo],
      inherited(scope, field, form),
    ]);
  });
  return [note, ...members];
}

/** A union with one variant for each member, in which the others are absent, and one for none. */
function exclusiveMembers(scope: Scope, oneof: DescOneof, form: Form): Printable {
  // Callers often write `{ limit: x, market: undefined }`; answers never hold undefined.
  const absent = form === 'input' ? 'undefined' : 'never';
  const fields = membersOf(oneof);
  const variants = [...fields, undefined].map((chosen) => [
    '  | {\n',
    ...fields.map((field) =>
      field === chosen
        ? line(docComment(field, '      '), [
            ['      ', propertyName(field.jsonName), ': '],
            fieldType(scope, field, form),
          ])
        : line('', [
            `      ${propertyName(field.jsonName)}?: ${absent}`,
            inherited(scope, field, form),
          ]),
    ),
    '    }\n',
  ]);
  return ['(\n', docComment(oneof, '  '), ...variants, ')'];
}

function membersOf(oneof: DescOneof): DescField[] {
  return oneof.fields.filter(isNamed);
}

function line(comment: string, content: Printable): Printable {
  return [comment, content, ';\n'];
}

function splitOneofs(message: DescMessage): { exclusive: DescOneof[]; loose: DescOneof[] } {
  const exclusive: DescOneof[] = [];
  const loose: DescOneof[] = [];
  let combinations = 1;
  for (const oneof of message.oneofs) {
    const next = combinations * (oneof.fields.length + 1);
    if (next > MAX_COMBINATIONS) {
      loose.push(oneof);
    } else {
      exclusive.push(oneof);
      combinations = next;
    }
  }
  return { exclusive, loose };
}
