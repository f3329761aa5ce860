import type { Constants } from './constants.ts';
import { type EmissionCode, writeConstant } from './emission-code.ts';
import { pieceOf } from './json-writer.ts';
import type { EnumPlan, ScalarPlan, SubMessagePlan, ValuePlan } from './plan.ts';
import { NUMBER_BYTES } from './write-number.ts';

/*
 * Fragments of generated decoders. Everywhere `s` is the WireSource, `b` its bytes, `p` the position, `e` the
 * end, `d` the depth left and `x` a scratch number. A value is two integers, here its slot: a string, bytes or a
 * message are where they start and end, 64 bits are their low and high half, and all else is in the first. So
 * nothing is made of a value before it is written.
 */

/** The names of the two variables that hold a value. */
export type Slot = readonly [low: string, high: string];

/** Reads a varint's low 32 bits into `x`. */
export const READ_VARINT = 'x = b[p++]; if (x > 127) { x = s.varint32(x, p); p = s.pos; }';

/** Reads a length into `x`, with the value then between `p` and `p + x`. A read beyond the array is undefined and so refused. */
export const READ_LENGTH =
  'x = b[p++]; if (x > 127) { x = s.varint32(x, p) >>> 0; p = s.pos; } if (!(x <= e - p)) refuseOverrun();';

/** Code that reads a scalar or enum into its slot, then does what `use` says; `otherwise` for a number that a closed enum does not have. */
export function readPlain(
  value: ScalarPlan | EnumPlan,
  [low, high]: Slot,
  constants: Constants,
  use = '',
  otherwise = '',
): string {
  if (value.kind === 'scalar') return `${readScalar(value, low, high)} ${use}`;
  if (value.table.isOpen) return `${READ_VARINT} ${low} = x; ${use}`;
  const table = constants.nameOf(value.table);
  return `${READ_VARINT} if (isKnownNumber(${table}, x)) { ${low} = x; ${use} } else { ${otherwise} }`;
}

function readScalar({ scalar }: ScalarPlan, low: string, high: string): string {
  const halves = `p = s.pos; ${low} = s.lo; ${high} = s.hi;`;
  switch (scalar) {
    case 'int32':
    case 'uint32':
      return `${READ_VARINT} ${low} = x;`;
    case 'sint32':
      return `${READ_VARINT} ${low} = (x >>> 1) ^ -(x & 1);`;
    case 'bool':
      return `x = b[p++]; if (x > 127) { x = s.bool(x, p); p = s.pos; } ${low} = x === 0 ? 0 : 1;`;
    case 'int64':
    case 'uint64':
      return `x = b[p++]; if (x > 127) { s.varint64(x, p); ${halves} } else { ${low} = x; ${high} = 0; }`;
    case 'sint64':
      return `x = b[p++]; if (x > 127) { s.sint64(x, p); ${halves} } else { ${high} = -(x & 1); ${low} = (x >>> 1) ^ ${high}; }`;
    case 'fixed32':
    case 'sfixed32':
    case 'float':
      return `${low} = s.fixed32(p); p += 4;`;
    case 'fixed64':
    case 'sfixed64':
    case 'double':
      return `${low} = s.fixed32(p); ${high} = s.fixed32(p + 4); p += 8;`;
    case 'string':
    case 'bytes':
      return `${READ_LENGTH} ${low} = p; p += x; ${high} = p;`;
  }
}

/** Code that goes past a scalar or enum. */
export function skipPlain(value: ScalarPlan | EnumPlan): string {
  if (value.kind === 'enum') return READ_VARINT;
  switch (value.scalar) {
    case 'fixed32':
    case 'sfixed32':
    case 'float':
      return 'p += 4;';
    case 'fixed64':
    case 'sfixed64':
    case 'double':
      return 'p += 8;';
    case 'string':
    case 'bytes':
      return `${READ_LENGTH} p += x;`;
    default:
      return READ_VARINT;
  }
}

/** Code that finds a sub-message, does what `before` says, puts its range in the slot and leaves `p` after it. */
export function readRange(
  value: SubMessagePlan,
  tag: number,
  [start, end]: Slot,
  before = '',
): string {
  return value.delimited
    ? `const next = s.skipGroup(${tag}, p, e, d), to = s.groupEnd; ${before} ${start} = p; ${end} = to; p = next;`
    : `${READ_LENGTH} ${before} ${start} = p; p += x; ${end} = p;`;
}

/** Reads a length into `x` and where that many bytes end into `end`. */
export const READ_RUN = `${READ_LENGTH} const end = p + x;`;

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

/** Adds the JSON text of what `readPlain` read, in quotes where it has them. */
export function addPlain(
  code: EmissionCode,
  value: ScalarPlan | EnumPlan,
  slot: Slot,
  constants: Constants,
): EmissionCode {
  if (value.kind === 'enum') return addEnum(code, value, slot[0], constants);
  const quote = quoteOf(value);
  return addScalar(code.constant(quote), value, slot, constants).constant(quote);
}

function addScalar(
  code: EmissionCode,
  { scalar, verifyUtf8 }: ScalarPlan,
  [low, high]: Slot,
  constants: Constants,
): EmissionCode {
  switch (scalar) {
    case 'bool':
      return code.joined('false'.length, (before) => {
        const [yes, no] = [
          writeConstant(`${before}true`, constants),
          writeConstant(`${before}false`, constants),
        ];
        return `if (${low} !== 0) { ${yes} } else { ${no} }`;
      });
    case 'int32':
    case 'sint32':
    case 'sfixed32':
      return code.bounded(`writeInt32(w, ${low});`, NUMBER_BYTES);
    case 'uint32':
    case 'fixed32':
      return code.bounded(`writeUint32(w, ${low} >>> 0);`, NUMBER_BYTES);
    case 'int64':
    case 'sint64':
    case 'sfixed64':
      return code.bounded(`writeInt64(w, ${low}, ${high});`, NUMBER_BYTES);
    case 'uint64':
    case 'fixed64':
      return code.bounded(`writeUint64(w, ${low}, ${high});`, NUMBER_BYTES);
    case 'float':
      return code.bounded(`writeFloat(w, ${low});`, NUMBER_BYTES);
    case 'double':
      return code.bounded(`writeDouble(w, ${low}, ${high});`, NUMBER_BYTES);
    case 'string':
      return code.unbounded(
        `${verifyUtf8 ? 'writeText' : 'writeUnverified'}(w, b, ${low}, ${high});`,
      );
    case 'bytes':
      return code.unbounded(`writeBase64(w, b, ${low}, ${high});`);
  }
}

/** Names of small numbers are put together with what stands before them. */
function addEnum(
  code: EmissionCode,
  { table }: EnumPlan,
  low: string,
  constants: Constants,
): EmissionCode {
  const longest = Math.max(0, ...table.dense.map((text) => text?.length ?? 0));
  return code.joined(longest, (before) => {
    const pieces = table.dense.map((text) => (text === undefined ? text : pieceOf(before + text)));
    return `{ x = ${low}; const piece = x >= 0 && x < ${pieces.length} ? ${constants.nameOf(pieces)}[x] : undefined;
if (piece !== undefined) w.piece(piece); else { ${writeConstant(before, constants)} w.ascii(enumText(${constants.nameOf(table)}, x)); V = w.view; } }`;
  });
}

/** Whether its text is yet to be looked at for UTF-8, and so also where another replaces it. */
export function isVerifiedText(value: ValuePlan): boolean {
  return value.kind === 'scalar' && value.scalar === 'string' && value.verifyUtf8;
}

/** Whether it is on the wire with its length, so that its slot is where it starts and ends. */
export function isRange(value: ValuePlan): boolean {
  return isMessage(value) || (value.kind === 'scalar' && /^(string|bytes)$/.test(value.scalar));
}

/** What a slot's first variable holds where the wire has nothing; the second holds 0. */
export function zeroOf(value: ScalarPlan | EnumPlan): number {
  return value.kind === 'enum' ? value.table.zero : 0;
}

/** Whether a slot holds something else than zero. Negative zero is something else. */
export function isSet(value: ScalarPlan | EnumPlan, [low, high]: Slot): string {
  if (isRange(value)) return `${high} > ${low}`;
  return `(${low} !== ${zeroOf(value)} || ${high} !== 0)`;
}

export function isMessage(value: ValuePlan): value is SubMessagePlan {
  return value.kind === 'message';
}
