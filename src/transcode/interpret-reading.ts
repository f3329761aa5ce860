import { dropMessage } from './drop-text.ts';
import { isKept, readRange, readValue, type Slot } from './interpret-value.ts';
import { verifyUtf8 } from './json-string.ts';
import type { JsonWriter } from './json-writer.ts';
import { refuseOverrun } from './malformed-message.ts';
import { addRange } from './merge.ts';
import {
  type FieldPlan,
  isPackable,
  type ListPlan,
  type MessagePlan,
  type SingularPlan,
  type ValuePlan,
  WIRE_LENGTH,
} from './plan.ts';
import type { WireSource } from './wire-source.ts';

/** Calls `read` with each tag, the position after it and where the field starts; it returns the position after the value, or undefined for an unknown field. */
export function readFields(
  source: WireSource,
  start: number,
  end: number,
  depth: number,
  read: (tag: number, p: number, fieldStart: number) => number | undefined,
): void {
  let p = start;
  while (p < end) {
    const fieldStart = p;
    let tag = source.bytes[p++] ?? 0;
    if (tag > 127) {
      tag = source.varint32(tag, p);
      p = source.pos;
    }
    p = read(tag, p, fieldStart) ?? source.skip(tag, p, end, depth);
    if (p > end) refuseOverrun();
  }
}

/** Calls `use` with each item of one occurrence of a list, of which a packed one has many, and returns the position after it. */
export function readItems(
  { value }: ListPlan,
  source: WireSource,
  tag: number,
  p: number,
  end: number,
  depth: number,
  use: (item: Slot) => void,
): number {
  const isRun = isPackable(value) && (tag & 7) === WIRE_LENGTH;
  const run: Slot = isRun ? readRange(source, p, end) : { low: p, high: p + 1 };
  let at = run.low;
  while (at < run.high) {
    const item = readValue(value, source, tag, at, end, depth);
    at = source.pos;
    if (isKept(value, item)) use(item);
    if (!isRun) return at;
  }
  if (at !== run.high) refuseOverrun();
  return at;
}

/** What one message was found to hold so far, by field position. A list or map is where its first item starts and its last one ends. */
export class Reading {
  readonly slots: (Slot | undefined)[] = [];
  readonly #plan: MessagePlan;
  readonly #source: WireSource;
  readonly #writer: JsonWriter;
  readonly #depth: number;

  constructor(plan: MessagePlan, source: WireSource, writer: JsonWriter, depth: number) {
    this.#plan = plan;
    this.#source = source;
    this.#writer = writer;
    this.#depth = depth;
  }

  /** Reads one occurrence and returns the position after it. */
  field(field: FieldPlan, i: number, tag: number, p: number, start: number, end: number): number {
    const source = this.#source;
    if (field.shape === 'singular') {
      const slot = readValue(field.value, source, tag, p, end, this.#depth);
      const next = source.pos;
      if (isKept(field.value, slot)) this.#replace(field, i, slot);
      return next;
    }
    let isItem = field.shape === 'map';
    if (field.shape === 'map') readRange(source, p, end);
    else {
      source.pos = readItems(field, source, tag, p, end, this.#depth, () => {
        isItem = true;
      });
    }
    if (isItem) this.slots[i] = { low: this.slots[i]?.low ?? start, high: source.pos };
    return source.pos;
  }

  /** A field holds what came last, and so does a oneof; a message is merged into itself only. */
  #replace({ value, oneof }: SingularPlan, i: number, slot: Slot): void {
    const before = this.slots[i];
    for (const member of this.#plan.oneofs[oneof]?.members ?? [i]) {
      const other = this.#plan.fields[member]?.value;
      const replaced = this.slots[member];
      if (replaced === undefined || other === undefined) continue;
      if (member !== i || value.kind !== 'message') this.#drop(other, replaced);
      this.slots[member] = undefined;
    }
    const isMerged = value.kind === 'message' && before !== undefined;
    const earlier = isMerged ? addRange(before.earlier, before.low, before.high) : undefined;
    this.slots[i] = { ...slot, earlier };
  }

  #drop(value: ValuePlan, { low, high, earlier }: Slot): void {
    const depth = this.#depth - 1;
    if (value.kind === 'message') {
      dropMessage(value.type, this.#source, this.#writer, earlier, low, high, depth);
    } else if (value.kind === 'scalar' && value.scalar === 'string' && value.verifyUtf8) {
      verifyUtf8(this.#source.bytes, low, high);
    }
  }
}
