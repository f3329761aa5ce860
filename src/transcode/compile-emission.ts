import { addPlain, isMessage, isSet, quoteOf } from './compile-value.ts';
import { Concatenation } from './concatenation.ts';
import { type Constants, literal } from './constants.ts';
import type { DecodeOptions } from './decode-options.ts';
import type { JsonForm } from './json-form.ts';
import { quoteName } from './json-string.ts';
import type { FieldPlan, MessagePlan, SubMessagePlan } from './plan.ts';

/*
 * The second half of a generated decoder: from the variables that the loop over fields has filled to JSON
 * text. `f3` holds the field at position 3; of a message, `fs3` and `fe3` are its range and `fx3` the ranges
 * of earlier occurrences. Members of a oneof share `o0`, the number of the one that is set, and `u0` or
 * `us0`, `ue0` and `ux0`. A list is its text from the opening bracket on, without the last item's quote.
 */

export function compileEmission(
  plan: MessagePlan,
  form: JsonForm,
  options: DecodeOptions,
  constants: Constants,
): string {
  if (form === 'value') return emitValue(plan, constants);
  if (form === 'bare') return emitBare(plan, constants);
  return emitObject(plan, options, constants);
}

/** One concatenation as far as every field is emitted; a statement for each that may be absent. */
function emitObject(plan: MessagePlan, options: DecodeOptions, constants: Constants): string {
  const statements = ['let out;'];
  const whole = new Concatenation().constant('{');
  const endStatement = () => {
    const code = whole.take();
    if (code !== undefined)
      statements.push(`${statements.length === 1 ? 'out =' : 'out +='} ${code};`);
  };
  let isSurelyNotEmpty = false;
  for (const [i, field] of plan.fields.entries()) {
    const condition = conditionOf(field, i, options);
    const key = `${quoteName(field.jsonName)}:`;
    if (condition === undefined && (isSurelyNotEmpty || i === 0)) {
      whole.constant(isSurelyNotEmpty ? `,${key}` : key);
      addField(whole, field, i, constants);
      isSurelyNotEmpty = true;
      continue;
    }
    endStatement();
    const part = new Concatenation();
    if (isSurelyNotEmpty) part.constant(`,${key}`);
    else part.operand(`(out.length === 1 ? ${literal(key)} : ${literal(`,${key}`)})`);
    const emit = `out += ${addField(part, field, i, constants).take()};`;
    statements.push(condition === undefined ? emit : `if (${condition}) ${emit}`);
    if (field.shape === 'singular' && field.presence === 'required') {
      statements.push(`else refuseMissing(${literal(field.jsonName)});`);
    }
    isSurelyNotEmpty ||= condition === undefined;
  }
  whole.constant('}');
  endStatement();
  return [...statements, 'return out;'].join('\n');
}

/** Wrappers, Struct and ListValue stand for their one field, whatever it holds. */
function emitBare({ fields }: MessagePlan, constants: Constants): string {
  const returns = fields.map(
    (field, i) => `return '' + ${addField(new Concatenation(), field, i, constants).take()};`,
  );
  return returns.join('');
}

/** Value stands for the one kind that it holds. */
function emitValue({ fields }: MessagePlan, constants: Constants): string {
  const kinds = fields.map((field, i) => {
    const { value, number } = field;
    const isNumber = value.kind === 'scalar' && value.scalar === 'double';
    const text = isNumber
      ? 'finiteText(u0)'
      : addField(new Concatenation(), field, i, constants).take();
    return `case ${number}: return ${text};`;
  });
  return `switch (o0) {\n${kinds.join('\n')}\ndefault: refuseNoKind();\n}`;
}

/** When the field is to be emitted; undefined where always. */
function conditionOf(field: FieldPlan, i: number, options: DecodeOptions): string | undefined {
  const { alwaysEmitImplicit } = options;
  if (field.shape === 'list') {
    return alwaysEmitImplicit && !field.isExtension ? undefined : `f${i} !== undefined`;
  }
  if (field.shape === 'map') return alwaysEmitImplicit ? undefined : `f${i} !== undefined`;
  if (field.oneof >= 0) return `o${field.oneof} === ${field.number}`;
  if (isMessage(field.value)) return `fs${i} >= 0`;
  if (field.presence !== 'implicit') return `f${i} !== undefined`;
  return alwaysEmitImplicit ? undefined : isSet(field.value, `f${i}`);
}

/** Adds the JSON text of a field that is to be emitted. */
function addField(
  text: Concatenation,
  field: FieldPlan,
  i: number,
  constants: Constants,
): Concatenation {
  const f = `f${i}`;
  const quote = quoteOf(field.value);
  if (field.shape === 'list') {
    const close = quote === '' ? '' : ` + ${literal(quote)}`;
    return text
      .joined(
        (before) =>
          `(${f} === undefined ? ${literal(`${before}[`)} : ${literal(before)} + ${f}${close})`,
      )
      .constant(']');
  }
  if (field.shape === 'map') {
    return text.joined(
      (before) =>
        `(${f} === undefined ? ${literal(`${before}{}`)} : ${literal(before)} + ${f}.text)`,
    );
  }
  const o = field.oneof;
  if (isMessage(field.value)) {
    const range =
      o >= 0
        ? ([`us${o}`, `ue${o}`, `ux${o}`] as const)
        : ([`fs${i}`, `fe${i}`, `fx${i}`] as const);
    return text.operand(messageText(field.value, range, constants));
  }
  text.constant(quote);
  return addPlain(text, field.value, o >= 0 ? `u${o}` : f, constants).constant(quote);
}

/** The names of the variables for where a message starts and ends and for its earlier occurrences. */
export type RangeNames = readonly [start: string, end: string, earlier: string];

export function messageText(
  { type }: SubMessagePlan,
  [start, end, earlier]: RangeNames,
  constants: Constants,
): string {
  const name = constants.nameOf(type);
  return `(${earlier} === undefined ? ${name}.decode(s, ${start}, ${end}, d - 1) : decodeMerged(${name}, s, ${earlier}, ${start}, ${end}, d - 1))`;
}
