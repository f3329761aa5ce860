import type { DecodeOptions } from './decode-options.ts';
import { dropMessage } from './drop-message.ts';
import { isKnownNumber } from './enum-table.ts';
import { verifyDropped } from './json-string.ts';
import { refuseOverrun } from './malformed-message.ts';
import { MapText, refuseLength } from './map-text.ts';
import { addRange, decodeMerged, type Ranges } from './merge.ts';
import {
  type FieldPlan,
  isPackable,
  type ListPlan,
  type MapPlan,
  type MessagePlan,
  type SingularPlan,
  type SubMessagePlan,
  tagOf,
  type ValuePlan,
  WIRE_LENGTH,
  wireTypeOf,
} from './plan.ts';
import { type Plain, plainText, readPlain, zeroPlain } from './read-plain.ts';
import { keepUnsayable, type UnsayableMessage } from './unsayable-message.ts';
import type { WireSource } from './wire-source.ts';

/** Calls `read` with each tag and the position after it; it returns the position after the value, or undefined for an unknown field. */
export function readFields(
  source: WireSource,
  start: number,
  end: number,
  depth: number,
  read: (tag: number, p: number) => number | undefined,
): void {
  let p = start;
  while (p < end) {
    let tag = source.bytes[p++] ?? 0;
    if (tag > 127) {
      tag = source.varint32(tag, p);
      p = source.pos;
    }
    p = read(tag, p) ?? source.skip(tag, p, end, depth);
    if (p > end) refuseOverrun();
  }
}

/** Where a singular message stands on the wire. */
interface Occurrence {
  readonly start: number;
  readonly end: number;
  readonly earlier: Ranges | undefined;
}

/** What one message was found to hold so far, by field position. */
export class Reading {
  readonly plain: (Plain | undefined)[] = [];
  readonly messages: (Occurrence | undefined)[] = [];
  readonly lists: (string | undefined)[] = [];
  readonly maps: (MapText | undefined)[] = [];
  readonly #plan: MessagePlan;
  readonly #options: DecodeOptions;
  readonly #source: WireSource;
  readonly #depth: number;

  constructor(plan: MessagePlan, options: DecodeOptions, source: WireSource, depth: number) {
    this.#plan = plan;
    this.#options = options;
    this.#source = source;
    this.#depth = depth;
  }

  /** Reads one occurrence and returns the position after it. */
  field(field: FieldPlan, i: number, tag: number, p: number, end: number): number {
    if (field.shape === 'list') return this.#list(field, i, tag, p, end);
    if (field.shape === 'map') return this.#map(field, i, p, end);
    const { value } = field;
    if (value.kind === 'message') {
      const range = this.#range(value, tag, p, end);
      this.#replace(field, i);
      this.messages[i] = occur(this.messages[i], range);
      return range.next;
    }
    const plain = readPlain(value, this.#source, p, end);
    const next = this.#source.pos;
    if (isKept(value, plain)) {
      this.#replace(field, i);
      this.plain[i] = plain;
    }
    return next;
  }

  messageText(value: SubMessagePlan, occurrence: Occurrence): string {
    const { start, end, earlier } = occurrence;
    const depth = this.#depth - 1;
    return earlier === undefined
      ? value.type.decode(this.#source, start, end, depth)
      : decodeMerged(value.type, this.#source, earlier, start, end, depth);
  }

  /** A field holds what came last, and so does a oneof; a message is merged into itself only. */
  #replace({ oneof }: SingularPlan, i: number): void {
    for (const member of this.#plan.oneofs[oneof]?.members ?? [i]) {
      this.#dropPlain(this.plain[member]);
      this.plain[member] = undefined;
      const message = member === i ? undefined : this.messages[member];
      const value = this.#plan.fields[member]?.value;
      if (message === undefined || value?.kind !== 'message') continue;
      const { start, end, earlier } = message;
      dropMessage(value.type, this.#source, earlier, start, end, this.#depth - 1);
      this.messages[member] = undefined;
    }
  }

  #dropPlain(plain: Plain | undefined): void {
    if (typeof plain === 'string') verifyDropped(this.#source, plain);
  }

  #range(value: SubMessagePlan, tag: number, p: number, end: number) {
    const source = this.#source;
    if (value.delimited) {
      const next = source.skipGroup(tag, p, end, this.#depth);
      return { start: p, end: source.groupEnd, next };
    }
    const length = source.length(source.bytes[p] ?? 0, p + 1, end);
    return { start: source.pos, end: source.pos + length, next: source.pos + length };
  }

  #list({ value }: ListPlan, i: number, tag: number, p: number, end: number): number {
    if (value.kind === 'message') {
      const range = this.#range(value, tag, p, end);
      this.#append(i, this.messageText(value, { ...range, earlier: undefined }));
      return range.next;
    }
    const source = this.#source;
    const isRun = isPackable(value) && (tag & 7) === WIRE_LENGTH;
    let at = p;
    let last = p + 1;
    if (isRun) {
      const length = source.length(source.bytes[p] ?? 0, p + 1, end);
      at = source.pos;
      last = at + length;
    }
    while (at < last) {
      const plain = readPlain(value, source, at, end);
      at = source.pos;
      if (isKept(value, plain)) this.#append(i, plainText(value, plain));
      if (!isRun) return at;
    }
    if (at !== last) refuseOverrun();
    return at;
  }

  #append(i: number, text: string): void {
    const list = this.lists[i];
    const appended = list === undefined ? text : `${list},${text}`;
    if (appended.length > this.#options.maxTextLength) refuseLength();
    this.lists[i] = appended;
  }

  #map({ key, value }: MapPlan, i: number, p: number, end: number): number {
    const source = this.#source;
    const length = source.length(source.bytes[p] ?? 0, p + 1, end);
    const start = source.pos;
    const next = start + length;
    const keyTag = tagOf(1, wireTypeOf(key));
    const valueTag = tagOf(2, wireTypeOf(value));
    let keyRead: Plain = zeroPlain(key);
    let plain: Plain | undefined;
    let message: Occurrence | undefined;
    let isKnown = true;
    readFields(source, start, next, this.#depth, (tag, at) => {
      if (tag === keyTag) {
        this.#dropPlain(keyRead);
        keyRead = readPlain(key, source, at, next);
      } else if (tag !== valueTag) return undefined;
      else if (value.kind === 'message') {
        const range = this.#range(value, tag, at, next);
        message = occur(message, range);
        return range.next;
      } else {
        this.#dropPlain(plain);
        plain = readPlain(value, source, at, next);
        isKnown = isKept(value, plain);
      }
      return source.pos;
    });
    if (!isKnown) {
      this.#dropPlain(keyRead);
      return next;
    }
    const map = this.maps[i] ?? new MapText(this.#options.maxTextLength, '');
    this.maps[i] = map;
    const text = this.#entryText(value, plain, message);
    this.#dropPlain(map.set(`${keyRead}`, text));
    return next;
  }

  /** What cannot be said is no fault yet: another entry of the same key may come. */
  #entryText(
    value: ValuePlan,
    plain: Plain | undefined,
    message: Occurrence | undefined,
  ): string | UnsayableMessage {
    if (value.kind !== 'message') return plainText(value, plain ?? zeroPlain(value));
    try {
      return this.messageText(value, message ?? { start: 0, end: 0, earlier: undefined });
    } catch (error) {
      return keepUnsayable(error);
    }
  }
}

function occur(
  before: Occurrence | undefined,
  { start, end }: { start: number; end: number },
): Occurrence {
  const earlier =
    before === undefined ? undefined : addRange(before.earlier, before.start, before.end);
  return { start, end, earlier };
}

/** A number that a closed enum does not declare is an unknown field. */
function isKept(value: ValuePlan, plain: Plain): boolean {
  return value.kind !== 'enum' || value.table.isOpen || isKnownNumber(value.table, Number(plain));
}
