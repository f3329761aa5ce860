import { compileEmission, messageText } from './compile-emission.ts';
import {
  addPlain,
  isMessage,
  isVerifiedText,
  quoteOf,
  READ_LENGTH,
  readPlain,
  readRange,
  zeroOf,
} from './compile-value.ts';
import { Concatenation } from './concatenation.ts';
import { Constants, instantiate, literal } from './constants.ts';
import type { DecodeOptions } from './decode-options.ts';
import { DECODE_PARTS } from './decode-parts.ts';
import type { JsonForm } from './json-form.ts';
import type { Decode } from './message-type.ts';
import {
  type EnumPlan,
  type FieldPlan,
  isPackable,
  type ListPlan,
  type MapPlan,
  type MessagePlan,
  type ScalarPlan,
  type SingularPlan,
  type SubMessagePlan,
  tagOf,
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

/** What to do with the value of a tag; a field may have two, of which one is of packed items. */
type TagCase = readonly [tag: number, code: string];

/**
 * The loop over fields that every generated function has. `x` and `v` are scratch. Cases are numbers of
 * fields and not tags, as small numbers in a row become a jump; with another wire type it is an unknown field.
 */
function loop(cases: readonly (readonly [number: number, tags: readonly TagCase[]])[]): string {
  const lines = cases.map(([number, tags]) => {
    const branches = tags.map(([tag, code]) => `if (t === ${tag}) { ${code} }`);
    return `    case ${number}: ${branches.join(' else ')} else p = s.skip(t, p, e, d); break;`;
  });
  return `while (p < e) {
  let t = b[p++];
  if (t > 127) { t = s.varint32(t, p); p = s.pos; }
  switch (t >>> 3) {
${lines.join('\n')}
    default: p = s.skip(t, p, e, d);
  }
  if (p > e) refuseOverrun();
}`;
}

class DecodeCode {
  readonly constants = new Constants();
  readonly text: string;
  readonly #plan: MessagePlan;
  readonly #options: DecodeOptions;
  readonly #functions: string[] = [];

  constructor(plan: MessagePlan, form: JsonForm, options: DecodeOptions) {
    this.#plan = plan;
    this.#options = options;
    const { fields, oneofs } = plan;
    const variables = [
      ...oneofs.map((_, i) => `let o${i} = 0, u${i}, us${i} = 0, ue${i} = 0, ux${i}, ut${i};`),
      ...fields.map(declare),
    ];
    const read = loop(fields.map((field, i) => [field.number, this.#cases(field, i)]));
    const emission = compileEmission(plan, form, options, this.constants);
    // In parentheses, or V8 first only looks for its end and parses it again when it is called.
    this.text = `${this.#functions.join('\n')}
return (function decode(s, p, e, d) {
if (d <= 0) refuseDepth();
const b = s.bytes;
let x = 0, v;
${variables.join('\n')}
${read}
${emission}
});`;
  }

  #cases(field: FieldPlan, i: number): readonly TagCase[] {
    if (field.shape === 'list') return this.#listCases(field, i);
    if (field.shape === 'map') return [this.#mapCase(field, i)];
    const tag = tagOf(field.number, wireTypeOf(field.value));
    const code = field.oneof >= 0 ? this.#oneofCase(field, tag) : this.#singularCase(field, i, tag);
    return [[tag, code]];
  }

  #singularCase({ value, presence }: SingularPlan, i: number, tag: number): string {
    if (isMessage(value)) {
      return readRange(value, tag, (from, to) => noteRange(`fs${i}`, `fe${i}`, `fx${i}`, from, to));
    }
    const unset = presence === 'implicit' ? zeroOf(value) : 'undefined';
    return readPlain(value, this.constants, replaceText(value, `f${i}`, unset));
  }

  /** Members of a oneof share its variables: `o` is the number of the one that is set, `ut` its type if a message. */
  #oneofCase({ value, number, oneof: o }: SingularPlan, tag: number): string {
    const members = this.#plan.oneofs[o]?.members.map((i) => this.#plan.fields[i]?.value) ?? [];
    const dropText = members.some((member) => member && isVerifiedText(member))
      ? `if (typeof u${o} === 'string') { verifyDropped(s, u${o}); u${o} = undefined; }`
      : '';
    const dropOther = members.some((member) => member && isMessage(member))
      ? `if (ut${o} !== undefined) { dropMessage(ut${o}, s, ux${o}, us${o}, ue${o}, d - 1); ut${o} = undefined; }`
      : '';
    if (!isMessage(value)) {
      const use = `${dropText} ${dropOther} o${o} = ${number}; u${o} = v;`;
      return readPlain(value, this.constants, use);
    }
    const type = this.constants.nameOf(value.type);
    return readRange(
      value,
      tag,
      (from, to) => `if (o${o} === ${number}) ux${o} = addRange(ux${o}, us${o}, ue${o});
else { ${dropText} ${dropOther} o${o} = ${number}; ut${o} = ${type}; ux${o} = undefined; }
us${o} = ${from}; ue${o} = ${to};`,
    );
  }

  #listCases({ value, number }: ListPlan, i: number): readonly TagCase[] {
    const tag = tagOf(number, wireTypeOf(value));
    const quote = quoteOf(value);
    const bound = `if (f${i}.length > ${this.#options.maxTextLength}) refuseLength();`;
    if (isMessage(value)) {
      const type = this.constants.nameOf(value.type);
      const read = readRange(
        value,
        tag,
        (from, to) =>
          `v = ${type}.decode(s, ${from}, ${to}, d - 1); f${i} = f${i} === undefined ? '[' + v : f${i} + ',' + v; ${bound}`,
      );
      return [[tag, read]];
    }
    const add = (text: Concatenation) => addPlain(text, value, 'v', this.constants).take();
    const first = add(new Concatenation().constant(`[${quote}`));
    const next = add(new Concatenation().operand(`f${i}`).constant(`${quote},${quote}`));
    const item = readPlain(
      value,
      this.constants,
      `f${i} = f${i} === undefined ? ${first} : ${next}; ${bound}`,
    );
    if (!isPackable(value)) return [[tag, item]];
    const run = `${READ_LENGTH} const end = p + x; while (p < end) { ${item} } if (p !== end) refuseOverrun();`;
    return [
      [tag, item],
      [tagOf(number, WIRE_LENGTH), run],
    ];
  }

  #mapCase(field: MapPlan, i: number): TagCase {
    this.#functions.push(this.#entryFunction(field, i));
    const create = `new MapText(${this.#options.maxTextLength}, ${literal(quoteOf(field.value))})`;
    return [
      tagOf(field.number, WIRE_LENGTH),
      `${READ_LENGTH} if (f${i} === undefined) f${i} = ${create}; entry${i}(s, p, p + x, d, f${i}); p += x;`,
    ];
  }

  /**
   * A map entry is a message of its own with the key as field 1 and the value as field 2. A number that a
   * closed enum does not have makes the whole entry an unknown field.
   */
  #entryFunction({ key, value }: MapPlan, i: number): string {
    const keyCase = readPlain(key, this.constants, replaceText(key, 'k', zeroOf(key)));
    const { variables, valueCase, finish } = isMessage(value)
      ? this.#messageEntry(value)
      : this.#plainEntry(value);
    const read = loop([
      [1, [[tagOf(1, wireTypeOf(key)), keyCase]]],
      [2, [[tagOf(2, wireTypeOf(value)), valueCase]]],
    ]);
    const dropKey = isVerifiedText(key) ? 'else verifyDropped(s, k);' : '';
    return `function entry${i}(s, p, e, d, m) {
const b = s.bytes;
let x = 0, v, known = true, k = ${zeroOf(key)};
${variables}
${read}
${finish}
if (known) v = m.set(${key.scalar === 'string' ? 'k' : `'' + k`}, v); ${dropKey}
if (known && v !== undefined) verifyDropped(s, v);
}`;
  }

  #plainEntry(value: ScalarPlan | EnumPlan) {
    const isText = value.kind === 'scalar' && /^(string|bytes)$/.test(value.scalar);
    const text = addPlain(new Concatenation(), value, 'f', this.constants).take();
    const use = `${replaceText(value, 'f', zeroOf(value))} known = true;`;
    return {
      variables: `let f = ${zeroOf(value)};`,
      valueCase: readPlain(value, this.constants, use, 'known = false;'),
      finish: `v = ${isText ? 'f' : `'' + ${text}`};`,
    };
  }

  /** What cannot be said is no fault yet: another entry of the same key may come. */
  #messageEntry(value: SubMessagePlan) {
    const type = this.constants.nameOf(value.type);
    const text = messageText(value, ['fs', 'fe', 'fx'], this.constants);
    return {
      variables: 'let fs = -1, fe = 0, fx;',
      valueCase: readRange(value, tagOf(2, wireTypeOf(value)), (from, to) =>
        noteRange('fs', 'fe', 'fx', from, to),
      ),
      finish: `try { v = fs < 0 ? ${type}.decode(s, 0, 0, d - 1) : ${text}; } catch (error) { v = keepUnsayable(error); }`,
    };
  }
}

/** Code that notes one more occurrence of a singular message, in the variables for its range. */
function noteRange(start: string, end: string, earlier: string, from: string, to: string): string {
  return `if (${start} >= 0) ${earlier} = addRange(${earlier}, ${start}, ${end}); ${start} = ${from}; ${end} = ${to};`;
}

/** Code that puts the value just read in a variable; a string that it replaces is looked at before it is gone. */
function replaceText(value: ScalarPlan | EnumPlan, variable: string, unset: string): string {
  const assign = `${variable} = v;`;
  if (!isVerifiedText(value)) return assign;
  return `if (${variable} !== ${unset}) verifyDropped(s, ${variable}); ${assign}`;
}

function declare(field: FieldPlan, i: number): string {
  if (field.shape !== 'singular') return `let f${i};`;
  if (field.oneof >= 0) return '';
  if (isMessage(field.value)) return `let fs${i} = -1, fe${i} = 0, fx${i};`;
  return `let f${i}${field.presence === 'implicit' ? ` = ${zeroOf(field.value)}` : ''};`;
}
