import { Constants, instantiate, literal } from './constants.ts';
import { ENCODE_PARTS } from './encode-parts.ts';
import type { JsonForm } from './json-form.ts';
import type { Encode } from './message-type.ts';
import {
  type FieldPlan,
  isPackable,
  type ListPlan,
  type MapPlan,
  type MessagePlan,
  type ScalarName,
  type SingularPlan,
  tagOf,
  takesNull,
  type ValuePlan,
  WIRE_GROUP_END,
  WIRE_LENGTH,
  wireTypeOf,
} from './plan.ts';

/** Beyond this many fields most are absent in any one object: asking for each costs more than looking up the keys that are there. */
const MOST_LOADS = 48;

/**
 * One function from parsed JSON to bytes for one message type. It loads the fields by name and counts them:
 * when the object has as many keys, all are known and no key is looked up. Everything is written in
 * reverse; see `WireWriter`.
 */
export function compileEncode(plan: MessagePlan, form: JsonForm): Encode {
  const constants = new Constants();
  const body = form === 'bare' ? bareBody(plan, constants) : objectBody(plan, constants);
  // In parentheses, or V8 first only looks for its end and parses it again when it is called.
  const code = `return (function encode(j, w, d) {
if (d <= 0) refuseNesting();
let v, m;
${body}
});`;
  const encode = instantiate(code, ENCODE_PARTS, constants);
  if (!isEncode(encode)) throw new TypeError('The generated encoder is not a function.');
  return encode;
}

function isEncode(value: unknown): value is Encode {
  return typeof value === 'function';
}

/** Wrappers, Struct and ListValue stand for their one field. */
function bareBody(plan: MessagePlan, constants: Constants): string {
  return plan.fields.map((field) => writeField(field, 'j', constants)).join('\n');
}

function objectBody(plan: MessagePlan, constants: Constants): string {
  const { fields, oneofs } = plan;
  const known = constants.nameOf(plan);
  const variables = fields.map((_, i) => `a${i}`);
  const fromCollected = `const all = collectFields(${known}, j); ${variables.map((name, i) => `${name} = all[${i}];`).join(' ')}`;
  const lines = [
    'if (typeof j !== "object" || j === null || Array.isArray(j)) refuseNonObject(j);',
  ];
  if (variables.length > 0) lines.push(`let ${variables.join(', ')};`);
  if (fields.length > MOST_LOADS || shareNames(fields)) lines.push(fromCollected);
  else {
    lines.push('let n = 0;');
    for (const [i, { jsonName }] of fields.entries()) {
      lines.push(`a${i} = ${load(jsonName)}; if (a${i} !== undefined) n++;`);
    }
    lines.push(`if (Object.keys(j).length !== n) { ${fromCollected} }`);
  }
  for (const { name, members } of oneofs) {
    const present = members.map((i) => `(${isPresent(fields[i], `a${i}`)})`);
    lines.push(`if (${present.join(' + ')} > 1) refuseOneof(${literal(name)});`);
  }
  for (const [i, field] of [...fields.entries()].reverse()) {
    const write = `if (${isPresent(field, `a${i}`)}) { ${writeField(field, `a${i}`, constants)} }`;
    const isRequired = field.shape === 'singular' && field.presence === 'required';
    lines.push(isRequired ? `${write} else refuseRequired(${literal(field.jsonName)});` : write);
  }
  return lines.join('\n');
}

/** In proto2 two fields may have one JSON name: a key then is the last one's, and their values cannot be counted. */
function shareNames(fields: readonly FieldPlan[]): boolean {
  return new Set(fields.map(({ jsonName }) => jsonName)).size < fields.length;
}

/** Names that every object inherits must be its own, or `{}` would have a `constructor`. */
function load(name: string): string {
  const property = `j[${literal(name)}]`;
  return name in Object.prototype
    ? `Object.hasOwn(j, ${literal(name)}) ? ${property} : undefined`
    : property;
}

function isPresent(field: FieldPlan | undefined, variable: string): string {
  const keepsNull = field?.shape === 'singular' && takesNull(field.value);
  return keepsNull
    ? `${variable} !== undefined`
    : `${variable} !== undefined && ${variable} !== null`;
}

function writeField(field: FieldPlan, variable: string, constants: Constants): string {
  if (field.shape === 'list') return writeList(field, variable, constants);
  if (field.shape === 'map') return writeMap(field, variable, constants);
  return writeSingular(field, variable, constants);
}

function writeSingular(field: SingularPlan, variable: string, constants: Constants): string {
  const { value, number, presence, oneof } = field;
  const tag = `w.tag(${tagOf(number, wireTypeOf(value))});`;
  if (value.kind === 'message') return writeValue(value, number, variable, constants);
  const keepsZero = presence !== 'implicit' || oneof >= 0;
  const { convert, isSet, write } = conversion(value, variable, constants);
  return keepsZero ? `${convert} ${write} ${tag}` : `${convert} if (${isSet}) { ${write} ${tag} }`;
}

/** A list item, map value or sub-message with its tag, whatever it holds. */
function writeValue(
  value: ValuePlan,
  number: number,
  variable: string,
  constants: Constants,
): string {
  const tag = `w.tag(${tagOf(number, wireTypeOf(value))});`;
  if (value.kind !== 'message') {
    const { convert, write } = conversion(value, variable, constants);
    return `${convert} ${write} ${tag}`;
  }
  const encode = `${constants.nameOf(value.type)}.encode(${variable}, w, d - 1);`;
  return value.delimited
    ? `w.tag(${tagOf(number, WIRE_GROUP_END)}); ${encode} ${tag}`
    : `m = w.size; ${encode} w.lengthSince(m); ${tag}`;
}

function writeList(
  { value, number, packed }: ListPlan,
  variable: string,
  constants: Constants,
): string {
  const check = `if (!Array.isArray(${variable})) refuseNonArray(${variable});`;
  const each = (write: string) => `for (let i = ${variable}.length - 1; i >= 0; i--) { ${write} }`;
  if (packed && value.kind !== 'message' && isPackable(value)) {
    const { convert, write } = conversion(value, `${variable}[i]`, constants);
    const run = each(`${convert} ${write}`);
    return `${check} if (${variable}.length > 0) { const start = w.size; ${run} w.lengthSince(start); w.tag(${tagOf(number, WIRE_LENGTH)}); }`;
  }
  // A nested message measures itself in `m` of its own function, so `m` here stays what it was.
  return `${check} ${each(writeValue(value, number, `${variable}[i]`, constants))}`;
}

function writeMap({ key, value, number }: MapPlan, variable: string, constants: Constants): string {
  const name = key.scalar === 'string' ? 'keys[i]' : `readMapKey(${literal(key.scalar)}, keys[i])`;
  const { convert, write } = conversion(key, name, constants);
  return `if (typeof ${variable} !== "object" || ${variable} === null || Array.isArray(${variable})) refuseNonObject(${variable});
const keys = Object.keys(${variable});
for (let i = keys.length - 1; i >= 0; i--) {
  const start = w.size;
  ${writeValue(value, 2, `${variable}[keys[i]]`, constants)}
  ${convert} ${write} w.tag(${tagOf(1, wireTypeOf(key))});
  w.lengthSince(start);
  w.tag(${tagOf(number, WIRE_LENGTH)});
}`;
}

interface Conversion {
  /** Checks the JSON value and leaves it in `v` (64-bit integers in halves of their own). */
  readonly convert: string;
  /** Whether it differs from what an absent field of implicit presence says. */
  readonly isSet: string;
  readonly write: string;
}

function conversion(value: ValuePlan, json: string, constants: Constants): Conversion {
  if (value.kind === 'message') throw new TypeError('A message is no scalar.');
  if (value.kind === 'enum') {
    return {
      convert: `v = toEnumNumber(${constants.nameOf(value.table)}, ${json});`,
      isSet: `v !== ${value.table.zero}`,
      write: 'w.int32(v);',
    };
  }
  const [converter, isSet, write] = CONVERSIONS[value.scalar];
  const argument = value.scalar === 'bytes' ? `s = ${json}` : json;
  const convert = `${value.scalar === 'bytes' ? 'let s; ' : ''}v = ${converter}(${argument});`;
  return { convert, isSet, write };
}

const CONVERSIONS: Readonly<
  Record<ScalarName, readonly [converter: string, isSet: string, write: string]>
> = {
  int32: ['toInt32', 'v !== 0', 'w.int32(v);'],
  sint32: ['toInt32', 'v !== 0', 'w.sint32(v);'],
  sfixed32: ['toInt32', 'v !== 0', 'w.fixed32(v);'],
  uint32: ['toUint32', 'v !== 0', 'w.varint32(v);'],
  fixed32: ['toUint32', 'v !== 0', 'w.fixed32(v);'],
  int64: ['toInt64', 'v', 'writeVarint64(w);'],
  uint64: ['toUint64', 'v', 'writeVarint64(w);'],
  sint64: ['toInt64', 'v', 'writeSint64(w);'],
  fixed64: ['toUint64', 'v', 'writeFixed64(w);'],
  sfixed64: ['toInt64', 'v', 'writeFixed64(w);'],
  bool: ['toBool', 'v', 'w.bool(v);'],
  float: ['toFloat', '!Object.is(v, 0)', 'w.float(v);'],
  double: ['toDouble', '!Object.is(v, 0)', 'w.double(v);'],
  string: ['toText', "v !== ''", 'w.string(v);'],
  bytes: ['toBase64Length', 'v !== 0', 'w.base64(s, v);'],
};
