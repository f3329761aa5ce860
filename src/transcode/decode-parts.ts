import { dropMessage } from './drop-text.ts';
import { enumText, isKnownNumber } from './enum-table.ts';
import { verifyUtf8, writeBase64, writeText, writeUnverified } from './json-string.ts';
import { refuseDepth, refuseOverrun } from './malformed-message.ts';
import { addRange, decodeMerged } from './merge.ts';
import { UnsayableMessage } from './unsayable-message.ts';
import { writeMap } from './write-map.ts';
import {
  doubleOf,
  writeDouble,
  writeFloat,
  writeInt32,
  writeInt64,
  writeUint32,
  writeUint64,
} from './write-number.ts';

/** google.protobuf.Value holds no NaN and no infinity: JSON has no number for them, and a string would change its kind. */
export function refuseNotFinite(lo: number, hi: number): void {
  if (!Number.isFinite(doubleOf(lo, hi))) {
    throw new UnsayableMessage('a Value is NaN or infinite');
  }
}

export function refuseMissing(jsonName: string): never {
  throw new UnsayableMessage(`the required field ${jsonName} is missing`);
}

export function refuseNoKind(): never {
  throw new UnsayableMessage('a Value has none of its kinds');
}

/** Everything that compiled decoders call, under the names that they call it by. */
export const DECODE_PARTS = {
  addRange,
  decodeMerged,
  dropMessage,
  enumText,
  isKnownNumber,
  refuseDepth,
  refuseMissing,
  refuseNoKind,
  refuseNotFinite,
  refuseOverrun,
  verifyUtf8,
  writeBase64,
  writeDouble,
  writeFloat,
  writeInt32,
  writeInt64,
  writeMap,
  writeText,
  writeUint32,
  writeUint64,
  writeUnverified,
};
