import type { Concatenation } from './concatenation.ts';
import { type Constants, literal } from './constants.ts';
import type { EnumPlan, ScalarPlan, SubMessagePlan, ValuePlan } from './plan.ts';

/*
 * Fragments of generated decoders. Everywhere `s` is the WireSource, `b` its bytes, `p` the position, `e`
 * the end, `d` the depth left, `x` a scratch number and `v` the value just read.
 */

/** Reads a varint's low 32 bits into `x`. */
export const READ_VARINT = 'x = b[p++]; if (x > 127) { x = s.varint32(x, p); p = s.pos; }';

/** Reads a length into `x`, with the value then between `p` and `p + x`. A read beyond the array is undefined and so refused. */
export const READ_LENGTH =
  'x = b[p++]; if (x > 127) { x = s.varint32(x, p) >>> 0; p = s.pos; } if (!(x <= e - p)) refuseOverrun();';

/** Code that reads a scalar or enum into `v`, then does what `use` says; `otherwise` for a number that a closed enum does not have. */
export function readPlain(
  value: ScalarPlan | EnumPlan,
  constants: Constants,
  use: string,
  otherwise = '',
): string {
  if (value.kind === 'enum') {
    const read = `${READ_VARINT} v = x;`;
    if (value.table.isOpen) return `${read} ${use}`;
    return `${read} if (isKnownNumber(${constants.nameOf(value.table)}, v)) { ${use} } else { ${otherwise} }`;
  }
  return `${readScalar(value)} ${use}`;
}

function readScalar({ scalar, verifyUtf8 }: ScalarPlan): string {
  switch (scalar) {
    case 'int32':
      return `${READ_VARINT} v = x;`;
    case 'uint32':
      return `${READ_VARINT} v = x >>> 0;`;
    case 'sint32':
      return `${READ_VARINT} v = (x >>> 1) ^ -(x & 1);`;
    case 'bool':
      return 'x = b[p++]; if (x > 127) { v = s.bool(x, p); p = s.pos; } else v = x !== 0;';
    case 'int64':
      return 'x = b[p++]; if (x > 127) { v = s.int64(x, p); p = s.pos; } else v = x;';
    case 'uint64':
      return 'x = b[p++]; if (x > 127) { v = s.uint64(x, p); p = s.pos; } else v = x;';
    case 'sint64':
      return 'x = b[p++]; if (x > 127) { v = s.sint64(x, p); p = s.pos; } else v = (x >>> 1) ^ -(x & 1);';
    case 'fixed32':
      return 'v = s.fixed32(p) >>> 0; p += 4;';
    case 'sfixed32':
      return 'v = s.fixed32(p); p += 4;';
    case 'fixed64':
      return 'v = s.fixed64Text(p); p += 8;';
    case 'sfixed64':
      return 'v = s.sfixed64Text(p); p += 8;';
    case 'float':
      return 'v = s.float(p); p += 4;';
    case 'double':
      return 'v = s.double(p); p += 8;';
    case 'string':
      return `${READ_LENGTH} v = ${verifyUtf8 ? 'readText' : 'readUnverified'}(s, p, p + x); p += x;`;
    case 'bytes':
      return `${READ_LENGTH} v = readBase64(b, p, p + x); p += x;`;
  }
}

/** Code that finds a sub-message, does what `use` says with its `from` and `to`, and leaves `p` after it. */
export function readRange(
  value: SubMessagePlan,
  tag: number,
  use: (from: string, to: string) => string,
): string {
  if (value.delimited) {
    return `x = s.skipGroup(${tag}, p, e, d); v = s.groupEnd; ${use('p', 'v')} p = x;`;
  }
  return `${READ_LENGTH} ${use('p', 'p + x')} p += x;`;
}

/** The character around a value in JSON that is neither a number, a word nor an object. */
export function quoteOf(value: ValuePlan): '"' | '' {
  if (value.kind !== 'scalar') return '';
  switch (value.scalar) {
    case 'int64':
    case 'uint64':
    case 'sint64':
    case 'fixed64':
    case 'sfixed64':
    case 'string':
    case 'bytes':
      return '"';
    default:
      return '';
  }
}

/** Adds the JSON text of what `readPlain` read to a concatenation, without its quotes. */
export function addPlain(
  text: Concatenation,
  value: ScalarPlan | EnumPlan,
  variable: string,
  constants: Constants,
): Concatenation {
  if (value.kind === 'enum') {
    const { table } = value;
    return text.joined((before) => {
      const texts = constants.nameOf(table.dense.map((each) => each && before + each));
      return `enumTextAfter(${literal(before)}, ${texts}, ${constants.nameOf(table)}, ${variable})`;
    });
  }
  switch (value.scalar) {
    case 'bool':
      return text.joined(
        (before) => `(${variable} ? ${literal(`${before}true`)} : ${literal(`${before}false`)})`,
      );
    case 'float':
      return text.operand(`floatText(${variable})`);
    case 'double':
      return text.operand(`doubleText(${variable})`);
    default:
      return text.operand(variable);
  }
}

/** Whether its text is yet to be looked at for UTF-8, and so also where another replaces it. */
export function isVerifiedText(value: ValuePlan): boolean {
  return value.kind === 'scalar' && value.scalar === 'string' && value.verifyUtf8;
}

/** What a scalar or enum holds where the wire has nothing, as `readPlain` would read it. */
export function zeroOf(value: ScalarPlan | EnumPlan): string {
  if (value.kind === 'enum') return String(value.table.zero);
  if (value.scalar === 'bool') return 'false';
  return value.scalar === 'string' || value.scalar === 'bytes' ? `''` : '0';
}

/** Whether a variable holds something else than `zeroOf`. Negative zero is something else. */
export function isSet(value: ScalarPlan | EnumPlan, variable: string): string {
  const isFloat = value.kind === 'scalar' && /^(float|double)$/.test(value.scalar);
  return isFloat ? `!Object.is(${variable}, 0)` : `${variable} !== ${zeroOf(value)}`;
}

export function isMessage(value: ValuePlan): value is SubMessagePlan {
  return value.kind === 'message';
}
