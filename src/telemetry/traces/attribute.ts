import { WireWriter } from './wire-writer.ts';

/** Of `opentelemetry.proto.common.v1`: `KeyValue` and `AnyValue`. */
const KEY = 1;
const VALUE = 2;
const STRING_VALUE = 1;
const INT_VALUE = 3;

/** Values that are remembered for one key; those of hostile callers must not fill the memory. */
const MAX_REMEMBERED = 1_000;

const scratch = new WireWriter();

export type AttributeValue = string | number;

/** Writes a `KeyValue` at that field of its message. @param value as number a whole one, not below 0 */
export function writeAttribute(
  writer: WireWriter,
  field: number,
  key: string,
  value: AttributeValue,
): void {
  const pair = writer.open(field);
  writer.string(KEY, key);
  const any = writer.open(VALUE);
  if (typeof value === 'string') writer.string(STRING_VALUE, value);
  else writer.integer(INT_VALUE, value);
  writer.close(any);
  writer.close(pair);
}

/** Remembers what it encoded: most attributes have few values, and copying them is many times faster. */
export function rememberEncoded<Value>(
  encode: (writer: WireWriter, value: Value) => void,
): (value: Value) => Uint8Array {
  const remembered = new Map<Value, Uint8Array>();
  return function encoded(value) {
    const known = remembered.get(value);
    if (known !== undefined) return known;
    encode(scratch, value);
    const bytes = scratch.take();
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(value, bytes);
    return bytes;
  };
}
