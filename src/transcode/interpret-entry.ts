import { readFields } from './interpret-reading.ts';
import { isKept, readValue, type Slot, writeValue, zeroSlot } from './interpret-value.ts';
import { verifyUtf8 } from './json-string.ts';
import { addRange } from './merge.ts';
import { type MapPlan, tagOf, type ValuePlan, wireTypeOf } from './plan.ts';
import type { WireSource } from './wire-source.ts';
import type { WriteEntry } from './write-map.ts';

/** Keys that are strings in JSON as values, too. */
const QUOTED = /64$|^string$/;

/** A map entry is a message of its own with the key as field 1 and the value as field 2. */
export function createWriteEntry({ key, value }: MapPlan): WriteEntry {
  const keyTag = tagOf(1, wireTypeOf(key));
  const valueTag = tagOf(2, wireTypeOf(value));
  return function writeEntry(source, writer, start, end, depth) {
    let keySlot: Slot = zeroSlot(key);
    let slot: Slot | undefined;
    let isKnown = true;
    readFields(source, start, end, depth, (tag, p) => {
      if (tag === keyTag) {
        verifyReplaced(key, source, keySlot);
        keySlot = readValue(key, source, tag, p, end, depth);
      } else if (tag === valueTag) {
        const next = readValue(value, source, tag, p, end, depth);
        isKnown = isKept(value, next);
        if (isKnown) slot = replace(value, source, slot, next);
      } else return undefined;
      return source.pos;
    });
    if (writer === undefined) {
      source.keyLow = keySlot.low;
      source.keyHigh = keySlot.high;
      if (!isKnown) verifyReplaced(key, source, keySlot);
      return isKnown;
    }
    const quote = QUOTED.test(key.scalar) ? '' : '"';
    writer.ascii(quote);
    writeValue(key, source, writer, keySlot, depth);
    writer.ascii(`${quote}:`);
    writeValue(value, source, writer, slot ?? zeroSlot(value), depth);
    return isKnown;
  };
}

/** A message is merged with what stood there before, all else replaces it. */
function replace(value: ValuePlan, source: WireSource, before: Slot | undefined, slot: Slot): Slot {
  if (before === undefined) return slot;
  if (value.kind === 'message') {
    return { ...slot, earlier: addRange(before.earlier, before.low, before.high) };
  }
  verifyReplaced(value, source, before);
  return slot;
}

function verifyReplaced(value: ValuePlan, { bytes }: WireSource, { low, high }: Slot): void {
  const isText = value.kind === 'scalar' && value.scalar === 'string' && value.verifyUtf8;
  if (isText) verifyUtf8(bytes, low, high);
}
