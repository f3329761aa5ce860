import { toEnumNumber } from './enum-table.ts';
import { toInt64, toUint64, writeFixed64, writeSint64, writeVarint64 } from './integer-input.ts';
import type { EnumPlan, ScalarPlan } from './plan.ts';
import {
  toBase64Length,
  toBool,
  toDouble,
  toFloat,
  toInt32,
  toText,
  toUint32,
} from './scalar-input.ts';
import type { WireWriter } from './wire-writer.ts';

/**
 * Writes a scalar or enum without its tag, and tells whether it did: a zero is left out unless `keepsZero`.
 * The interpreter's counterpart of the conversions that `compileEncode` generates.
 */
export function writePlain(
  value: ScalarPlan | EnumPlan,
  json: unknown,
  writer: WireWriter,
  keepsZero: boolean,
): boolean {
  if (value.kind === 'enum') {
    const number = toEnumNumber(value.table, json);
    if (number === value.table.zero && !keepsZero) return false;
    writer.int32(number);
    return true;
  }
  switch (value.scalar) {
    case 'int32':
    case 'sint32':
    case 'sfixed32': {
      const number = toInt32(json);
      if (number === 0 && !keepsZero) return false;
      if (value.scalar === 'int32') writer.int32(number);
      else if (value.scalar === 'sint32') writer.sint32(number);
      else writer.fixed32(number);
      return true;
    }
    case 'uint32':
    case 'fixed32': {
      const number = toUint32(json);
      if (number === 0 && !keepsZero) return false;
      if (value.scalar === 'uint32') writer.varint32(number);
      else writer.fixed32(number);
      return true;
    }
    case 'int64':
    case 'sint64':
    case 'sfixed64':
    case 'uint64':
    case 'fixed64': {
      const isUnsigned = value.scalar === 'uint64' || value.scalar === 'fixed64';
      const isSet = isUnsigned ? toUint64(json) : toInt64(json);
      if (!isSet && !keepsZero) return false;
      if (value.scalar === 'sint64') writeSint64(writer);
      else if (value.scalar === 'sfixed64' || value.scalar === 'fixed64') writeFixed64(writer);
      else writeVarint64(writer);
      return true;
    }
    case 'bool': {
      const flag = toBool(json);
      if (!flag && !keepsZero) return false;
      writer.bool(flag);
      return true;
    }
    case 'float':
    case 'double': {
      const number = value.scalar === 'float' ? toFloat(json) : toDouble(json);
      if (Object.is(number, 0) && !keepsZero) return false;
      if (value.scalar === 'float') writer.float(number);
      else writer.double(number);
      return true;
    }
    case 'string': {
      const text = toText(json);
      if (text === '' && !keepsZero) return false;
      writer.string(text);
      return true;
    }
    case 'bytes': {
      const length = toBase64Length(json);
      if (length === 0 && !keepsZero) return false;
      writer.base64(String(json), length);
      return true;
    }
  }
}
