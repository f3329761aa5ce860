import type { DecodeOptions } from './decode-options.ts';
import { refuseMissing, refuseNoKind, refuseNotFinite } from './decode-parts.ts';
import { createWriteEntry } from './interpret-entry.ts';
import { type Reading, readFields, readItems } from './interpret-reading.ts';
import { type Slot, writeValue, zeroSlot } from './interpret-value.ts';
import type { JsonForm } from './json-form.ts';
import { quoteName } from './json-string.ts';
import type { JsonWriter } from './json-writer.ts';
import {
  type FieldPlan,
  isPackable,
  type ListPlan,
  type MapPlan,
  type MessagePlan,
  tagOf,
  WIRE_LENGTH,
  wireTypeOf,
} from './plan.ts';
import type { WireSource } from './wire-source.ts';
import { writeMap } from './write-map.ts';

const COMMA = 0x2c;

/** From what was read of a message to its JSON text: the interpreter's counterpart of `compileEmission`. */
export class Emission {
  readonly #plan: MessagePlan;
  readonly #reading: Reading;
  readonly #source: WireSource;
  readonly #writer: JsonWriter;
  readonly #depth: number;

  constructor(
    plan: MessagePlan,
    reading: Reading,
    source: WireSource,
    writer: JsonWriter,
    depth: number,
  ) {
    this.#plan = plan;
    this.#reading = reading;
    this.#source = source;
    this.#writer = writer;
    this.#depth = depth;
  }

  write(form: JsonForm, options: DecodeOptions): void {
    if (form === 'value') this.#writeValue();
    else if (form === 'bare') this.#writeBare();
    else this.#writeObject(options);
  }

  #writeObject(options: DecodeOptions): void {
    const writer = this.#writer;
    let lead = '{';
    for (const [i, field] of this.#plan.fields.entries()) {
      const slot = this.#reading.slots[i];
      if (isEmitted(field, slot, options)) {
        writer.ascii(`${lead}${quoteName(field.jsonName)}:`);
        this.#writeField(field, slot);
        lead = ',';
      } else if (field.shape === 'singular' && field.presence === 'required') {
        refuseMissing(field.jsonName);
      }
    }
    writer.ascii(lead === '{' ? '{}' : '}');
  }

  /** Wrappers, Struct and ListValue stand for their one field, whatever it holds. */
  #writeBare(): void {
    const [field] = this.#plan.fields;
    if (field !== undefined) this.#writeField(field, this.#reading.slots[0]);
  }

  /** Value stands for the one kind that it holds. */
  #writeValue(): void {
    for (const [i, field] of this.#plan.fields.entries()) {
      const slot = this.#reading.slots[i];
      if (slot === undefined) continue;
      const { value } = field;
      const isNumber = value.kind === 'scalar' && value.scalar === 'double';
      if (isNumber) refuseNotFinite(slot.low, slot.high);
      this.#writeField(field, slot);
      return;
    }
    refuseNoKind();
  }

  #writeField(field: FieldPlan, slot: Slot | undefined): void {
    const [source, writer] = [this.#source, this.#writer];
    if (field.shape === 'singular') {
      writeValue(field.value, source, writer, slot ?? zeroSlot(field.value), this.#depth);
    } else if (field.shape === 'list') {
      writer.ascii('[');
      if (slot !== undefined) this.#writeItems(field, slot);
      writer.ascii(']');
    } else {
      writer.ascii('{');
      if (slot !== undefined) this.#writeEntries(field, slot);
      writer.ascii('}');
    }
  }

  #writeEntries(field: MapPlan, { low, high }: Slot): void {
    const tag = tagOf(field.number, WIRE_LENGTH);
    const isTextKey = field.key.scalar === 'string';
    const write = createWriteEntry(field);
    writeMap(this.#source, this.#writer, low, high, this.#depth, tag, isTextKey, write);
  }

  /** Every item brings a comma, and the last one's is taken back. */
  #writeItems(field: ListPlan, { low, high }: Slot): void {
    const [source, writer, depth] = [this.#source, this.#writer, this.#depth];
    const { value, number } = field;
    const isItem = (tag: number) =>
      tag === tagOf(number, wireTypeOf(value)) ||
      (isPackable(value) && tag === tagOf(number, WIRE_LENGTH));
    readFields(source, low, high, depth, (tag, p) => {
      if (!isItem(tag)) return undefined;
      return readItems(field, source, tag, p, high, depth, (item) => {
        const next = source.pos;
        writeValue(value, source, writer, item, depth);
        source.pos = next;
        writer.ascii(',');
      });
    });
    if (writer.bytes[writer.pos - 1] === COMMA) writer.pos--;
  }
}

/** Whether a field is in the object at all. */
function isEmitted(
  field: FieldPlan,
  slot: Slot | undefined,
  { alwaysEmitImplicit }: DecodeOptions,
): boolean {
  if (field.shape === 'list') {
    return slot !== undefined || (alwaysEmitImplicit && !field.isExtension);
  }
  if (field.shape === 'map') return slot !== undefined || alwaysEmitImplicit;
  const { value, presence, oneof } = field;
  if (presence !== 'implicit' || oneof >= 0 || value.kind === 'message') return slot !== undefined;
  return alwaysEmitImplicit || (slot !== undefined && isSet(field, slot));
}

/** Negative zero is something else than zero. */
function isSet({ value }: FieldPlan, { low, high }: Slot): boolean {
  const isRange = value.kind === 'scalar' && /^(string|bytes)$/.test(value.scalar);
  return isRange ? high > low : low !== zeroSlot(value).low || high !== 0;
}
