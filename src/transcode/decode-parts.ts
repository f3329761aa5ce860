import { enumText, isKnownNumber } from './enum-table.ts';
import { doubleText, floatText } from './float-text.ts';
import { quoteUnverified, quoteUtf8 } from './json-string.ts';
import { MalformedMessage, refuseDepth, refuseOverrun } from './malformed-message.ts';
import { MapText, refuseLength } from './map-text.ts';
import { addRange, decodeMerged } from './merge.ts';
import { base64Slice } from './node-buffer.ts';

/** google.protobuf.Value holds no NaN and no infinity: JSON has no number for them, and a string would change its kind. */
export function finiteText(value: number): string {
  if (!Number.isFinite(value)) throw new MalformedMessage('a Value is NaN or infinite');
  return doubleText(value);
}

export function refuseMissing(jsonName: string): never {
  throw new MalformedMessage(`the required field ${jsonName} is missing`);
}

export function refuseNoKind(): never {
  throw new MalformedMessage('a Value has none of its kinds');
}

export function quoteBase64(bytes: Uint8Array, start: number, end: number): string {
  return `"${base64Slice.call(bytes, start, end)}"`;
}

/** Everything that compiled decoders call, under the names that they call it by. */
export const DECODE_PARTS = {
  addRange,
  decodeMerged,
  doubleText,
  enumText,
  finiteText,
  floatText,
  isKnownNumber,
  MapText,
  quoteBase64,
  quoteUnverified,
  quoteUtf8,
  refuseDepth,
  refuseLength,
  refuseMissing,
  refuseNoKind,
  refuseOverrun,
};
