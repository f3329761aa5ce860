import {
  addPlain,
  isMessage,
  isRange,
  isSet,
  READ_RUN,
  readPlain,
  readRange,
  type Slot,
} from './compile-value.ts';
import { type Constants, literal } from './constants.ts';
import type { DecodeOptions } from './decode-options.ts';
import { EmissionCode } from './emission-code.ts';
import type { JsonForm } from './json-form.ts';
import { quoteName } from './json-string.ts';
import {
  type FieldPlan,
  isPackable,
  type ListPlan,
  type MessagePlan,
  type SubMessagePlan,
  tagOf,
  WIRE_LENGTH,
  wireTypeOf,
} from './plan.ts';

/*
 * The second half of a generated decoder: from the variables that the loop over fields has filled to JSON
 * text. `a3` and `z3` are the slot of the field at position 3, `h3` tells whether it was there, and `x3` has the
 * ranges of a message's earlier occurrences. Members of a oneof share `u0`, `v0` and `y0`, with the number of
 * the one that is set in `o0`. A list or map is where its first item starts and its last one ends, -1 and 0
 * where there is none, and is gone over once more.
 */

export function compileEmission(
  plan: MessagePlan,
  form: JsonForm,
  options: DecodeOptions,
  constants: Constants,
): string {
  const code = new EmissionCode(constants);
  if (form === 'value') emitValue(code, plan, constants);
  else if (form === 'bare') emitBare(code, plan, constants);
  else emitObject(code, plan, options, constants);
  return reserved(code);
}

/** Code with the room that it needs, kept for it while messages within it are written. */
export function reserved(code: EmissionCode): string {
  const text = code.toString();
  return `const owed = w.owed; w.owed = owed + ${code.size}; w.reserve(0);
let V = w.view, q = 0;
${text}
w.owed = owed;`;
}

function emitObject(
  code: EmissionCode,
  plan: MessagePlan,
  options: DecodeOptions,
  constants: Constants,
): void {
  code.constant('{');
  let isSurelyNotEmpty = false;
  let isSurelyEmpty = true;
  for (const [i, field] of plan.fields.entries()) {
    const condition = conditionOf(field, i, options);
    const key = `${quoteName(field.jsonName)}:`;
    const add = (to: EmissionCode) => {
      if (isSurelyNotEmpty) to.constant(`,${key}`);
      else if (isSurelyEmpty) to.constant(key);
      else to.bounded('if (w.bytes[w.pos - 1] !== 123) V.setUint8(w.pos++, 44);', 1).constant(key);
      return addField(to, field, i, constants);
    };
    if (condition === undefined) {
      add(code);
      isSurelyNotEmpty = true;
    } else {
      const part = add(new EmissionCode(constants));
      const isRequired = field.shape === 'singular' && field.presence === 'required';
      const missing = isRequired ? `else refuseMissing(${literal(field.jsonName)});` : '';
      const text = part.toString();
      code.bounded(`if (${condition}) { ${text} } ${missing}`, part.size);
    }
    isSurelyEmpty = false;
  }
  code.constant('}');
}

/** Wrappers, Struct and ListValue stand for their one field, whatever it holds. */
function emitBare(code: EmissionCode, { fields }: MessagePlan, constants: Constants): void {
  for (const [i, field] of fields.entries()) addField(code, field, i, constants);
}

/** Value stands for the one kind that it holds. */
function emitValue(code: EmissionCode, { fields }: MessagePlan, constants: Constants): void {
  let size = 0;
  const kinds = fields.map((field, i) => {
    const { value, number } = field;
    const isNumber = value.kind === 'scalar' && value.scalar === 'double';
    const kind = addField(new EmissionCode(constants), field, i, constants);
    const text = kind.toString();
    size = Math.max(size, kind.size);
    return `case ${number}: { ${isNumber ? 'refuseNotFinite(u0, v0);' : ''} ${text} break; }`;
  });
  code.bounded(`switch (o0) {\n${kinds.join('\n')}\ndefault: refuseNoKind();\n}`, size);
}

/** When the field is to be emitted; undefined where always. */
function conditionOf(field: FieldPlan, i: number, options: DecodeOptions): string | undefined {
  const { alwaysEmitImplicit } = options;
  if (field.shape === 'list') {
    return alwaysEmitImplicit && !field.isExtension ? undefined : `a${i} >= 0`;
  }
  if (field.shape === 'map') return alwaysEmitImplicit ? undefined : `a${i} >= 0`;
  if (field.oneof >= 0) return `o${field.oneof} === ${field.number}`;
  if (isMessage(field.value)) return `a${i} >= 0`;
  if (field.presence !== 'implicit') return isRange(field.value) ? `a${i} >= 0` : `h${i}`;
  return alwaysEmitImplicit ? undefined : isSet(field.value, [`a${i}`, `z${i}`]);
}

/** Adds the JSON text of a field that is to be emitted. */
function addField(
  code: EmissionCode,
  field: FieldPlan,
  i: number,
  constants: Constants,
): EmissionCode {
  if (field.shape === 'list') return addList(code, field, i, constants);
  if (field.shape === 'map') {
    const tag = tagOf(field.number, WIRE_LENGTH);
    const isTextKey = field.key.scalar === 'string';
    return code
      .constant('{')
      .unbounded(
        `if (a${i} >= 0) writeMap(s, w, a${i}, z${i}, d, ${tag}, ${isTextKey}, entry${i});`,
      )
      .constant('}');
  }
  const o = field.oneof;
  const slot: Slot = o >= 0 ? [`u${o}`, `v${o}`] : [`a${i}`, `z${i}`];
  if (!isMessage(field.value)) return addPlain(code, field.value, slot, constants);
  return addMessage(code, field.value, slot, o >= 0 ? `y${o}` : `x${i}`, constants);
}

export function addMessage(
  code: EmissionCode,
  { type }: SubMessagePlan,
  [start, end]: Slot,
  earlier: string,
  constants: Constants,
): EmissionCode {
  const name = constants.nameOf(type);
  return code.unbounded(
    `if (${earlier} === undefined) ${name}.decode(s, w, ${start}, ${end}, d - 1); else decodeMerged(${name}, s, w, ${earlier}, ${start}, ${end}, d - 1);`,
  );
}

/** Every item brings a comma, and the last one's is taken back. */
function addList(
  code: EmissionCode,
  { number, value }: ListPlan,
  i: number,
  constants: Constants,
): EmissionCode {
  const tag = tagOf(number, wireTypeOf(value));
  const slot: Slot = ['u', 'v'];
  const text = new EmissionCode(constants);
  if (isMessage(value)) addMessage(text, value, slot, 'undefined', constants);
  else addPlain(text, value, slot, constants);
  const write = `${text.constant(',')}`;
  const emit = `w.reserve(${text.size}); V = w.view; ${write}`;
  const item = isMessage(value)
    ? `${readRange(value, tag, slot)} ${emit}`
    : readPlain(value, slot, constants, emit);
  const run = isPackable(value)
    ? `else if (t === ${tagOf(number, WIRE_LENGTH)}) { ${READ_RUN} while (p < end) { ${item} } if (p !== end) refuseOverrun(); }`
    : '';
  return code
    .constant('[')
    .unbounded(`if (a${i} >= 0) {
p = a${i};
let u = 0, v = 0;
while (p < z${i}) {
  let t = b[p++];
  if (t > 127) { t = s.varint32(t, p); p = s.pos; }
  if (t === ${tag}) { ${item} }
  ${run}
  else p = s.skip(t, p, z${i}, d);
}
if (w.bytes[w.pos - 1] === 44) w.pos--;
}`)
    .constant(']');
}
