import type { DecodeOptions } from './decode-options.ts';
import { Emission } from './interpret-emission.ts';
import { Reading, readFields } from './interpret-reading.ts';
import type { JsonForm } from './json-form.ts';
import { refuseDepth } from './malformed-message.ts';
import type { Decode } from './message-type.ts';
import { isPackable, type MessagePlan, tagOf, WIRE_LENGTH, wireTypeOf } from './plan.ts';

/** The same translation as `compileDecode`, step by step from the plan, for where code may not be generated. */
export function interpretDecode(plan: MessagePlan, form: JsonForm, options: DecodeOptions): Decode {
  const positions = positionsByTag(plan);
  return function decode(source, writer, start, end, depth) {
    if (depth <= 0) refuseDepth();
    const reading = new Reading(plan, source, writer, depth);
    readFields(source, start, end, depth, (tag, p, fieldStart) => {
      const i = positions.get(tag);
      const field = i === undefined ? undefined : plan.fields[i];
      return i === undefined || field === undefined
        ? undefined
        : reading.field(field, i, tag, p, fieldStart, end);
    });
    new Emission(plan, reading, source, writer, depth).write(form, options);
  };
}

/** A field has one tag, and a list that may be packed another: with any other wire type it is an unknown field. */
function positionsByTag({ fields }: MessagePlan): ReadonlyMap<number, number> {
  const positions = new Map<number, number>();
  for (const [i, { shape, number, value }] of fields.entries()) {
    const isRun = shape === 'map' || (shape === 'list' && isPackable(value));
    if (isRun) positions.set(tagOf(number, WIRE_LENGTH), i);
    if (shape !== 'map') positions.set(tagOf(number, wireTypeOf(value)), i);
  }
  return positions;
}
