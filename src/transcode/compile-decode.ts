import {
  isMessage,
  isSet,
  READ_LENGTH,
  readPlain,
  readRange,
  textOf,
  zeroOf,
} from './compile-value.ts';
import { Constants, instantiate, literal } from './constants.ts';
import type { DecodeOptions } from './decode-options.ts';
import { DECODE_PARTS } from './decode-parts.ts';
import type { Decode, JsonForm } from './message-type.ts';
import {
  type FieldPlan,
  isPackable,
  type ListPlan,
  type MapPlan,
  type MessagePlan,
  type SingularPlan,
  tagOf,
  type ValuePlan,
  WIRE_LENGTH,
  wireTypeOf,
} from './plan.ts';

/**
 * One function from bytes to JSON text for one message type: a loop over the fields on the wire that keeps
 * each field's newest value in a local variable, then one concatenation in the order of field numbers.
 * Sub-messages are only noted by their range until then, since a later occurrence is merged into them.
 */
export function compileDecode(plan: MessagePlan, form: JsonForm, options: DecodeOptions): Decode {
  const code = new DecodeCode(plan, form, options);
  const decode = instantiate(code.text, DECODE_PARTS, code.constants);
  if (!isDecode(decode)) throw new TypeError('The generated decoder is not a function.');
  return decode;
}

function isDecode(value: unknown): value is Decode {
  return typeof value === 'function';
}

/** The loop over fields that every generated function has. `x` and `v` are scratch. */
function loop(cases: string): string {
  return `while (p < e) {
  let t = b[p++];
  if (t > 127) { t = s.varint32(t, p); p = s.pos; }
  switch (t) {
${cases}
    default: p = s.skip(t, p, e, d);
  }
  if (p > e) refuseOverrun();
}`;
}

class DecodeCode {
  readonly constants = new Constants();
  readonly text: string;
  readonly #plan: MessagePlan;
  readonly #form: JsonForm;
  readonly #options: DecodeOptions;
  readonly #functions: string[] = [];

  constructor(plan: MessagePlan, form: JsonForm, options: DecodeOptions) {
    this.#plan = plan;
    this.#form = form;
    this.#options = options;
    const body = this.#body();
    this.text = `${this.#functions.join('\n')}
return function decode(s, p, e, d) {
if (d <= 0) refuseDepth();
const b = s.bytes;
let x = 0, v;
${body}
};`;
  }

  #body(): string {
    const { fields, oneofs } = this.#plan;
    const variables = [
      ...oneofs.map((_, i) => `let o${i} = 0, u${i}, us${i} = 0, ue${i} = 0, ux${i};`),
      ...fields.map((field, i) => declare(field, i)),
    ];
    const cases = fields.map((field, i) => this.#cases(field, i));
    return `${variables.join('\n')}\n${loop(cases.join('\n'))}\n${this.#emission()}`;
  }

  #cases(field: FieldPlan, i: number): string {
    if (field.shape === 'list') return this.#listCases(field, i);
    if (field.shape === 'map') return this.#mapCase(field, i);
    const tag = tagOf(field.number, wireTypeOf(field.value));
    return `case ${tag}: { ${field.oneof >= 0 ? this.#oneofCase(field, tag) : this.#singularCase(field, i, tag)} break; }`;
  }

  #singularCase({ value }: SingularPlan, i: number, tag: number): string {
    if (!isMessage(value)) return readPlain(value, this.constants, `f${i} = v;`);
    return readRange(
      value,
      tag,
      (from, to) =>
        `if (fs${i} >= 0) fx${i} = addRange(fx${i}, fs${i}, fe${i}); fs${i} = ${from}; fe${i} = ${to};`,
    );
  }

  /** Members of a oneof share its variables: `o` is the number of the one that is set. */
  #oneofCase({ value, number, oneof: o }: SingularPlan, tag: number): string {
    if (!isMessage(value)) return readPlain(value, this.constants, `o${o} = ${number}; u${o} = v;`);
    return readRange(
      value,
      tag,
      (from, to) =>
        `ux${o} = o${o} === ${number} ? addRange(ux${o}, us${o}, ue${o}) : undefined; o${o} = ${number}; us${o} = ${from}; ue${o} = ${to};`,
    );
  }

  #listCases({ value, number }: ListPlan, i: number): string {
    const tag = tagOf(number, wireTypeOf(value));
    const append = (text: string) =>
      `f${i} = f${i} === '' ? '' + ${text} : f${i} + ',' + ${text}; if (f${i}.length > ${this.#options.maxTextLength}) refuseLength();`;
    if (isMessage(value)) {
      const type = this.constants.nameOf(value.type);
      const read = readRange(
        value,
        tag,
        (from, to) => `v = ${type}.decode(s, ${from}, ${to}, d - 1); ${append('v')}`,
      );
      return `case ${tag}: { ${read} break; }`;
    }
    const item = readPlain(value, this.constants, append(textOf(value, 'v', this.constants)));
    const single = `case ${tag}: { ${item} break; }`;
    if (!isPackable(value)) return single;
    return `${single}
case ${tagOf(number, WIRE_LENGTH)}: { ${READ_LENGTH} const end = p + x; while (p < end) { ${item} } if (p !== end) refuseOverrun(); break; }`;
  }

  #mapCase(field: MapPlan, i: number): string {
    this.#functions.push(this.#entryFunction(field, i));
    return `case ${tagOf(field.number, WIRE_LENGTH)}: { ${READ_LENGTH} if (f${i} === undefined) f${i} = new MapText(${this.#options.maxTextLength}); entry${i}(s, p, p + x, d, f${i}); p += x; break; }`;
  }

  /**
   * A map entry is a message of its own with the key as field 1 and the value as field 2. A number that a
   * closed enum does not have makes the whole entry an unknown field.
   */
  #entryFunction({ key, value }: MapPlan, i: number): string {
    const keyText = key.scalar === 'string' ? 'k' : `'"' + k + '"'`;
    const keyCase = `case ${tagOf(1, wireTypeOf(key))}: { ${readPlain(key, this.constants, 'k = v;')} break; }`;
    const tag = tagOf(2, wireTypeOf(value));
    let variables: string;
    let valueCase: string;
    let valueText: string;
    if (isMessage(value)) {
      variables = 'let fs0 = -1, fe0 = 0, fx0;';
      valueCase = `case ${tag}: { ${readRange(value, tag, (from, to) => `if (fs0 >= 0) fx0 = addRange(fx0, fs0, fe0); fs0 = ${from}; fe0 = ${to};`)} break; }`;
      valueText = `fs0 < 0 ? ${this.constants.nameOf(value.type)}.decode(s, 0, 0, d - 1) : ${this.#messageText(value, 'fs0', 'fe0', 'fx0')}`;
    } else {
      variables = `let f = ${zeroOf(value)};`;
      valueCase = `case ${tag}: { ${readPlain(value, this.constants, 'f = v; known = true;', 'known = false;')} break; }`;
      valueText = `'' + ${textOf(value, 'f', this.constants)}`;
    }
    return `function entry${i}(s, p, e, d, m) {
const b = s.bytes;
let x = 0, v, known = true, k = ${zeroOf(key)};
${variables}
${loop(`${keyCase}\n${valueCase}`)}
if (known) m.set(${keyText}, ${valueText});
}`;
  }

  #messageText(value: ValuePlan, from: string, to: string, earlier: string): string {
    if (!isMessage(value)) throw new TypeError('Only messages have a range.');
    const type = this.constants.nameOf(value.type);
    return `(${earlier} === undefined ? ${type}.decode(s, ${from}, ${to}, d - 1) : decodeMerged(${type}, s, ${earlier}, ${from}, ${to}, d - 1))`;
  }

  #emission(): string {
    if (this.#form === 'value') return this.#valueEmission();
    if (this.#form === 'bare')
      return this.#plan.fields.map((field, i) => `return '' + ${this.#text(field, i)};`).join('');
    return this.#objectEmission();
  }

  /** One concatenation as far as every field is emitted; a statement for each that may be absent. */
  #objectEmission(): string {
    const statements = ['let out;'];
    let terms: string[] = [];
    let lead = '{';
    let surelyNotEmpty = false;
    for (const [i, field] of this.#plan.fields.entries()) {
      const condition = this.#condition(field, i);
      const key = `${JSON.stringify(field.jsonName)}:`;
      const text = this.#text(field, i);
      if (condition === undefined && (surelyNotEmpty || terms.length + i === 0)) {
        terms.push(literal(`${lead}${surelyNotEmpty ? ',' : ''}${key}`), text);
        lead = '';
        surelyNotEmpty = true;
        continue;
      }
      if (lead !== '') terms.push(literal(lead));
      if (terms.length > 0) statements.push(append(terms, statements.length));
      terms = [];
      lead = '';
      const prefix = surelyNotEmpty
        ? literal(`,${key}`)
        : `(out.length === 1 ? ${literal(key)} : ${literal(`,${key}`)})`;
      const emit = `out += ${prefix} + ${text};`;
      statements.push(condition === undefined ? emit : `if (${condition}) ${emit}`);
      if (isRequired(field)) statements.push(`else refuseMissing(${literal(field.jsonName)});`);
      surelyNotEmpty ||= condition === undefined;
    }
    terms.push(literal(`${lead}}`));
    statements.push(append(terms, statements.length), 'return out;');
    return statements.join('\n');
  }

  /** When the field is to be emitted; undefined where always. */
  #condition(field: FieldPlan, i: number): string | undefined {
    const { alwaysEmitImplicit } = this.#options;
    if (field.shape === 'list')
      return alwaysEmitImplicit && !field.isExtension ? undefined : `f${i} !== ''`;
    if (field.shape === 'map') return alwaysEmitImplicit ? undefined : `f${i} !== undefined`;
    if (field.oneof >= 0) return `o${field.oneof} === ${field.number}`;
    if (isMessage(field.value)) return `fs${i} >= 0`;
    if (field.presence !== 'implicit') return `f${i} !== undefined`;
    return alwaysEmitImplicit ? undefined : isSet(field.value, `f${i}`);
  }

  /** An expression for the JSON text of a field that is to be emitted, to stand within a concatenation. */
  #text(field: FieldPlan, i: number): string {
    if (field.shape === 'list') return `'[' + f${i} + ']'`;
    if (field.shape === 'map') return `(f${i} === undefined ? '{}' : f${i})`;
    const o = field.oneof;
    if (isMessage(field.value)) {
      return o >= 0
        ? this.#messageText(field.value, `us${o}`, `ue${o}`, `ux${o}`)
        : this.#messageText(field.value, `fs${i}`, `fe${i}`, `fx${i}`);
    }
    return textOf(field.value, o >= 0 ? `u${o}` : `f${i}`, this.constants);
  }

  /** Value stands for the one kind that it holds. */
  #valueEmission(): string {
    const kinds = this.#plan.fields.map((field, i) => {
      const text = this.#text(field, i).replace(/^doubleText\(/, 'finiteText(');
      return `case ${field.number}: return '' + ${text};`;
    });
    return `switch (o0) {\n${kinds.join('\n')}\ndefault: refuseNoKind();\n}`;
  }
}

function declare(field: FieldPlan, i: number): string {
  if (field.shape === 'list') return `let f${i} = '';`;
  if (field.shape === 'map') return `let f${i};`;
  if (field.oneof >= 0) return '';
  if (isMessage(field.value)) return `let fs${i} = -1, fe${i} = 0, fx${i};`;
  return `let f${i}${field.presence === 'implicit' ? ` = ${zeroOf(field.value)}` : ''};`;
}

function isRequired(field: FieldPlan): boolean {
  return field.shape === 'singular' && field.presence === 'required';
}

function append(terms: readonly string[], position: number): string {
  return `${position === 1 ? 'out =' : 'out +='} ${terms.join(' + ')};`;
}
