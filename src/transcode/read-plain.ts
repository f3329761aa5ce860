import { readBase64 } from './decode-parts.ts';
import { enumText } from './enum-table.ts';
import { doubleText, floatText } from './float-text.ts';
import { readText, readUnverified } from './json-string.ts';
import type { EnumPlan, ScalarPlan } from './plan.ts';
import type { WireSource } from './wire-source.ts';

/** What stands on the wire for a scalar or enum: the inside of a JSON string for strings and bytes, numbers or digits, a boolean. */
export type Plain = string | number | boolean;

/**
 * Reads a scalar or enum at `p` and leaves the position after it in `source.pos`. The interpreter's
 * counterpart of the reads that `compileDecode` generates.
 */
export function readPlain(
  value: ScalarPlan | EnumPlan,
  source: WireSource,
  p: number,
  end: number,
): Plain {
  const first = source.bytes[p] ?? 0;
  if (value.kind === 'enum') return readVarint32(source, first, p);
  switch (value.scalar) {
    case 'int32':
      return readVarint32(source, first, p);
    case 'uint32':
      return readVarint32(source, first, p) >>> 0;
    case 'sint32': {
      const bits = readVarint32(source, first, p);
      return (bits >>> 1) ^ -(bits & 1);
    }
    case 'bool':
      return source.bool(first, p + 1);
    case 'int64':
      return source.int64(first, p + 1);
    case 'uint64':
      return source.uint64(first, p + 1);
    case 'sint64':
      return source.sint64(first, p + 1);
    case 'fixed32':
      source.pos = p + 4;
      return source.fixed32(p) >>> 0;
    case 'sfixed32':
      source.pos = p + 4;
      return source.fixed32(p);
    case 'fixed64':
      return source.fixed64Text(p);
    case 'sfixed64':
      return source.sfixed64Text(p);
    case 'float':
      source.pos = p + 4;
      return source.float(p);
    case 'double':
      source.pos = p + 8;
      return source.double(p);
    case 'string':
    case 'bytes': {
      const length = source.length(first, p + 1, end);
      const start = source.pos;
      source.pos = start + length;
      if (value.scalar === 'bytes') return readBase64(source.bytes, start, source.pos);
      const read = value.verifyUtf8 ? readText : readUnverified;
      return read(source, start, source.pos);
    }
  }
}

function readVarint32(source: WireSource, first: number, p: number): number {
  source.pos = p + 1;
  return first > 127 ? source.varint32(first, p + 1) : first;
}

/** The JSON text of what `readPlain` read. */
export function plainText(value: ScalarPlan | EnumPlan, plain: Plain): string {
  if (value.kind === 'enum') return enumText(value.table, Number(plain));
  switch (value.scalar) {
    case 'int64':
    case 'uint64':
    case 'sint64':
    case 'fixed64':
    case 'sfixed64':
    case 'string':
    case 'bytes':
      return `"${plain}"`;
    case 'float':
      return floatText(Number(plain));
    case 'double':
      return doubleText(Number(plain));
    default:
      return `${plain}`;
  }
}

/** What a scalar or enum holds where the wire has nothing. */
export function zeroPlain(value: ScalarPlan | EnumPlan): Plain {
  if (value.kind === 'enum') return value.table.zero;
  if (value.scalar === 'bool') return false;
  return value.scalar === 'string' || value.scalar === 'bytes' ? '' : 0;
}
