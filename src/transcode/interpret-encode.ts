import {
  placeField,
  readMapKey,
  refuseNesting,
  refuseNonArray,
  refuseNonObject,
  refuseOneof,
  refuseRequired,
} from './encode-parts.ts';
import { hideValue } from './hide-value.ts';
import {
  InvalidInput,
  type PathSegment,
  type Violation,
  violationsBelow,
} from './invalid-value.ts';
import type { JsonForm } from './json-form.ts';
import type { Encode } from './message-type.ts';
import {
  type FieldPlan,
  isPackable,
  type ListPlan,
  type MapPlan,
  type MessagePlan,
  type SingularPlan,
  tagOf,
  takesNull,
  type ValuePlan,
  WIRE_GROUP_END,
  WIRE_LENGTH,
  wireTypeOf,
} from './plan.ts';
import type { WireWriter } from './wire-writer.ts';
import { writePlain } from './write-plain.ts';

/** A caller learns from the first few violations; a hostile one must not get a large answer for a small wrong input. */
const MOST_VIOLATIONS = 32;

/**
 * The same translation as `compileEncode`, step by step from the plan: where code may not be generated,
 * and to tell everything that is wrong once the compiled encoder has refused.
 */
export function interpretEncode(
  plan: MessagePlan,
  form: JsonForm,
  direction: 'encode' | 'explain',
): Encode {
  const [onlyField] = plan.fields;
  if (form === 'bare' && onlyField !== undefined) {
    return function encodeBare(json, writer, depth) {
      if (depth <= 0) refuseNesting();
      new Step(writer, depth, direction).field(onlyField, json);
    };
  }
  return function encodeObject(json, writer, depth) {
    if (depth <= 0) refuseNesting();
    if (typeof json !== 'object' || json === null || Array.isArray(json)) refuseNonObject(json);
    const step = new Step(writer, depth, direction);
    const values: unknown[] = [];
    for (const [key, value] of Object.entries(json)) {
      step.attempt(key, () => placeField(plan, values, key, value));
    }
    for (const { name, members } of plan.oneofs) {
      const present = members.filter((i) => isPresent(plan.fields[i], values[i]));
      if (present.length > 1) step.attempt(undefined, () => refuseOneof(name));
    }
    for (let i = plan.fields.length - 1; i >= 0; i--) {
      const field = plan.fields[i];
      if (field !== undefined) {
        step.attempt(field.jsonName, () => {
          if (isPresent(field, values[i])) {
            const write = () => step.field(field, values[i]);
            if (field.redacted) hideValue(write);
            else write();
          } else if (isRequired(field)) refuseRequired(field.jsonName);
        });
      }
    }
    step.finish();
  };
}

function isPresent(field: FieldPlan | undefined, json: unknown): boolean {
  if (json !== null) return json !== undefined;
  return field?.shape === 'singular' && takesNull(field.value);
}

function isRequired(field: FieldPlan): boolean {
  return field.shape === 'singular' && field.presence === 'required';
}

/** One message being written, and what was found wrong in it so far. */
class Step {
  readonly #writer: WireWriter;
  readonly #depth: number;
  readonly #direction: 'encode' | 'explain';
  readonly #violations: Violation[] = [];

  constructor(writer: WireWriter, depth: number, direction: 'encode' | 'explain') {
    this.#writer = writer;
    this.#depth = depth;
    this.#direction = direction;
  }

  /** Does a part of the work; keeps what it finds wrong under the path's segment and goes on. */
  attempt(segment: PathSegment | undefined, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#violations.push(...violationsBelow(segment, error));
    }
    if (this.#violations.length >= MOST_VIOLATIONS) this.finish();
  }

  finish(): void {
    if (this.#violations.length > 0) throw new InvalidInput(this.#violations);
  }

  field(field: FieldPlan, json: unknown): void {
    if (field.shape === 'list') this.#list(field, json);
    else if (field.shape === 'map') this.#map(field, json);
    else this.#singular(field, json);
  }

  #singular({ value, number, presence, oneof }: SingularPlan, json: unknown): void {
    const keepsZero = presence !== 'implicit' || oneof >= 0;
    if (value.kind === 'message') this.#value(value, number, json);
    else if (writePlain(value, json, this.#writer, keepsZero)) {
      this.#writer.tag(tagOf(number, wireTypeOf(value)));
    }
  }

  #value(value: ValuePlan, number: number, json: unknown): void {
    const writer = this.#writer;
    if (value.kind !== 'message') writePlain(value, json, writer, true);
    else if (value.delimited) {
      writer.tag(tagOf(number, WIRE_GROUP_END));
      value.type[this.#direction](json, writer, this.#depth - 1);
    } else {
      const mark = writer.size;
      value.type[this.#direction](json, writer, this.#depth - 1);
      writer.lengthSince(mark);
    }
    writer.tag(tagOf(number, wireTypeOf(value)));
  }

  #list({ value, number, packed }: ListPlan, json: unknown): void {
    if (!Array.isArray(json)) refuseNonArray(json);
    const items: readonly unknown[] = json;
    const writer = this.#writer;
    const found = this.#inner();
    const isRun = packed && isPackable(value);
    const mark = writer.size;
    for (let i = items.length - 1; i >= 0; i--) {
      found.attempt(i, () => {
        if (isRun && value.kind !== 'message') writePlain(value, items[i], writer, true);
        else this.#value(value, number, items[i]);
      });
    }
    found.finish();
    if (isRun && items.length > 0) {
      writer.lengthSince(mark);
      writer.tag(tagOf(number, WIRE_LENGTH));
    }
  }

  #map({ key, value, number }: MapPlan, json: unknown): void {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) refuseNonObject(json);
    const writer = this.#writer;
    const found = this.#inner();
    for (const [name, item] of Object.entries(json).reverse()) {
      found.attempt({ key: name }, () => {
        const mark = writer.size;
        this.#value(value, 2, item);
        writePlain(key, readMapKey(key.scalar, name), writer, true);
        writer.tag(tagOf(1, wireTypeOf(key)));
        writer.lengthSince(mark);
        writer.tag(tagOf(number, WIRE_LENGTH));
      });
    }
    found.finish();
  }

  /** For items and entries: what is wrong there has the field's own segment before it. */
  #inner(): Step {
    return new Step(this.#writer, this.#depth, this.#direction);
  }
}
