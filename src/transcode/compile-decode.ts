import { addMessage, compileEmission, reserved } from './compile-emission.ts';
import {
  addPlain,
  isMessage,
  isRange,
  isVerifiedText,
  quoteOf,
  READ_LENGTH,
  READ_RUN,
  readPlain,
  readRange,
  type Slot,
  skipPlain,
  zeroOf,
} from './compile-value.ts';
import { Constants, instantiate } from './constants.ts';
import type { DecodeOptions } from './decode-options.ts';
import { DECODE_PARTS } from './decode-parts.ts';
import { EmissionCode } from './emission-code.ts';
import type { JsonForm } from './json-form.ts';
import type { Decode } from './message-type.ts';
import {
  type EnumPlan,
  type FieldPlan,
  isPackable,
  type MapPlan,
  type MessagePlan,
  type ScalarPlan,
  type SingularPlan,
  tagOf,
  type ValuePlan,
  WIRE_LENGTH,
  wireTypeOf,
} from './plan.ts';

/**
 * One function from bytes to JSON text for one message type: a loop over the fields on the wire that notes where
 * each field's newest value is, then code that writes the text in the order of field numbers. Nothing is made of
 * a value in between.
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
 * The loop over fields that every generated function has; `g` is where the field starts. Cases are numbers of
 * fields and not tags, as small numbers in a row become a jump; with another wire type it is an unknown field.
 */
function loop(cases: readonly (readonly [number: number, tags: readonly TagCase[]])[]): string {
  const lines = cases.map(([number, tags]) => {
    const branches = tags.map(([tag, code]) => `if (t === ${tag}) { ${code} }`);
    return `    case ${number}: ${branches.join(' else ')} else p = s.skip(t, p, e, d); break;`;
  });
  return `while (p < e) {
  const g = p;
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
  readonly #functions: string[] = [];

  constructor(plan: MessagePlan, form: JsonForm, options: DecodeOptions) {
    this.#plan = plan;
    const { fields, oneofs } = plan;
    const variables = [
      ...oneofs.map((_, i) => `let o${i} = 0, u${i} = 0, v${i} = 0, y${i}, m${i};`),
      ...fields.map(declare),
    ];
    const read = loop(fields.map((field, i) => [field.number, this.#cases(field, i)]));
    const emission = compileEmission(plan, form, options, this.constants);
    // In parentheses, or V8 first only looks for its end and parses it again when it is called.
    this.text = `${this.#functions.join('\n')}
return (function decode(s, w, p, e, d) {
if (d <= 0) refuseDepth();
const b = s.bytes;
let x = 0, k = 0, l = 0;
${variables.join('\n')}
${read}
${emission}
});`;
  }

  #cases(field: FieldPlan, i: number): readonly TagCase[] {
    const { number, value, shape } = field;
    if (shape === 'map') {
      this.#functions.push(this.#entryFunction(field, i));
      return [[tagOf(number, WIRE_LENGTH), `${READ_LENGTH} p += x; ${noteItem(i)}`]];
    }
    const tag = tagOf(number, wireTypeOf(value));
    if (shape === 'list') {
      const item = this.#itemCode(value, tag, i);
      if (!isPackable(value)) return [[tag, item]];
      const run = isClosed(value)
        ? `${READ_RUN} while (p < end) { ${item} } if (p !== end) refuseOverrun();`
        : `${READ_LENGTH} p += x; if (x > 0) { ${noteItem(i)} }`;
      return [
        [tag, item],
        [tagOf(number, WIRE_LENGTH), run],
      ];
    }
    const code = field.oneof >= 0 ? this.#oneofCase(field, tag) : this.#singularCase(field, i, tag);
    return [[tag, code]];
  }

  #itemCode(value: ValuePlan, tag: number, i: number): string {
    if (isMessage(value)) return readRange(value, tag, ['k', 'l']) + noteItem(i);
    if (isClosed(value)) return readPlain(value, ['k', 'l'], this.constants, noteItem(i));
    return skipPlain(value) + noteItem(i);
  }

  #singularCase({ value, presence }: SingularPlan, i: number, tag: number): string {
    const slot: Slot = [`a${i}`, `z${i}`];
    if (isMessage(value)) return readRange(value, tag, slot, keepEarlier(slot, `x${i}`));
    const hasFlag = presence !== 'implicit' && !isRange(value);
    return (
      verifyReplaced(value, slot) +
      readPlain(value, slot, this.constants, hasFlag ? `h${i} = true;` : '')
    );
  }

  /** Members of a oneof share its variables: `o` is the number of the one that is set, `m` its type if a message. */
  #oneofCase({ value, number, oneof: o }: SingularPlan, tag: number): string {
    const slot: Slot = [`u${o}`, `v${o}`];
    const members = this.#plan.oneofs[o]?.members.map((i) => this.#plan.fields[i]) ?? [];
    const texts = members.filter((member) => member && isVerifiedText(member.value));
    const isText = texts.map((member) => `o${o} === ${member?.number}`).join(' || ');
    const dropText = isText === '' ? '' : `if (${isText}) verifyUtf8(b, ${slot.join(', ')});`;
    const dropOther = members.some((member) => member && isMessage(member.value))
      ? `if (m${o} !== undefined) { dropMessage(m${o}, s, w, y${o}, ${slot.join(', ')}, d - 1); m${o} = undefined; }`
      : '';
    if (!isMessage(value)) {
      const drop = `${dropText} ${dropOther} o${o} = ${number};`;
      return readPlain(value, ['k', 'l'], this.constants, `${drop} u${o} = k; v${o} = l;`);
    }
    const type = this.constants.nameOf(value.type);
    return readRange(
      value,
      tag,
      slot,
      `if (o${o} === ${number}) y${o} = addRange(y${o}, ${slot.join(', ')});
else { ${dropText} ${dropOther} o${o} = ${number}; m${o} = ${type}; y${o} = undefined; }`,
    );
  }

  /**
   * A map entry is a message of its own with the key as field 1 and the value as field 2. Without a writer it
   * only leaves the key in the source, and tells whether there is an entry at all: a number that a closed enum
   * does not have makes the whole of it an unknown field.
   */
  #entryFunction({ key, value }: MapPlan, i: number): string {
    const keySlot: Slot = ['k', 'l'];
    const slot: Slot = ['a', 'z'];
    const readKey = verifyReplaced(key, keySlot) + readPlain(key, keySlot, this.constants);
    const tag = tagOf(2, wireTypeOf(value));
    const readValue = isMessage(value)
      ? readRange(value, tag, slot, keepEarlier(slot, 'y'))
      : verifyReplaced(value, slot) +
        readPlain(value, slot, this.constants, 'known = true;', 'known = false;');
    const code = new EmissionCode(this.constants);
    addPlain(quoteOf(key) === '"' ? code : code.constant('"'), key, keySlot, this.constants);
    code.constant(quoteOf(key) === '"' ? ':' : '":');
    if (isMessage(value)) addMessage(code, value, slot, 'y', this.constants);
    else addPlain(code, value, slot, this.constants);
    return `function entry${i}(s, w, p, e, d) {
const b = s.bytes;
let x = 0, known = true, k = 0, l = 0, a = ${isMessage(value) ? -1 : zeroOf(value)}, z = ${isMessage(value) ? -1 : 0}, y;
${loop([
  [1, [[tagOf(1, wireTypeOf(key)), readKey]]],
  [2, [[tag, readValue]]],
])}
if (w === undefined) {
  s.keyLow = k; s.keyHigh = l;
  ${isVerifiedText(key) ? 'if (!known) verifyUtf8(b, k, l);' : ''}
  return known;
}
${reserved(code)}
return known;
}`;
  }
}

/** Code that notes that an item of a list or map was between `g` and `p`. */
function noteItem(i: number): string {
  return `if (a${i} < 0) a${i} = g; z${i} = p;`;
}

/** Numbers that a closed enum does not have are no items. */
function isClosed(value: ValuePlan): boolean {
  return value.kind === 'enum' && !value.table.isOpen;
}

/** Code that keeps the range of a message that occurs once more. */
function keepEarlier([start, end]: Slot, earlier: string): string {
  return `if (${start} >= 0) ${earlier} = addRange(${earlier}, ${start}, ${end});`;
}

/** Code that looks at a string that is about to be replaced by another. */
function verifyReplaced(value: ScalarPlan | EnumPlan, [start, end]: Slot): string {
  return isVerifiedText(value) ? `if (${end} > ${start}) verifyUtf8(b, ${start}, ${end}); ` : '';
}

function declare(field: FieldPlan, i: number): string {
  const { value, shape } = field;
  if (shape !== 'singular') return `let a${i} = -1, z${i} = 0;`;
  if (field.oneof >= 0) return '';
  if (isMessage(value)) return `let a${i} = -1, z${i} = -1, x${i};`;
  if (field.presence === 'implicit') return `let a${i} = ${zeroOf(value)}, z${i} = 0;`;
  return isRange(value)
    ? `let a${i} = -1, z${i} = -1;`
    : `let a${i} = 0, z${i} = 0, h${i} = false;`;
}
