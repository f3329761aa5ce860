import { dropMessage } from './drop-message.ts';
import { enumTextAfter, isKnownNumber } from './enum-table.ts';
import { doubleText, floatText } from './float-text.ts';
import { readText, readUnverified, verifyDropped } from './json-string.ts';
import { refuseDepth, refuseOverrun } from './malformed-message.ts';
import { MapText, refuseLength } from './map-text.ts';
import { addRange, decodeMerged } from './merge.ts';
import { base64Slice } from './node-buffer.ts';
import { keepUnsayable, UnsayableMessage } from './unsayable-message.ts';

/** google.protobuf.Value holds no NaN and no infinity: JSON has no number for them, and a string would change its kind. */
export function finiteText(value: number): string {
  if (!Number.isFinite(value)) throw new UnsayableMessage('a Value is NaN or infinite');
  return doubleText(value);
}

export function refuseMissing(jsonName: string): never {
  throw new UnsayableMessage(`the required field ${jsonName} is missing`);
}

export function refuseNoKind(): never {
  throw new UnsayableMessage('a Value has none of its kinds');
}

export function readBase64(bytes: Uint8Array, start: number, end: number): string {
  return base64Slice.call(bytes, start, end);
}

/** Everything that compiled decoders call, under the names that they call it by. */
export const DECODE_PARTS = {
  addRange,
  decodeMerged,
  doubleText,
  dropMessage,
  enumTextAfter,
  finiteText,
  floatText,
  isKnownNumber,
  keepUnsayable,
  MapText,
  readBase64,
  readText,
  readUnverified,
  refuseDepth,
  refuseLength,
  refuseMissing,
  refuseNoKind,
  refuseOverrun,
  verifyDropped,
};
