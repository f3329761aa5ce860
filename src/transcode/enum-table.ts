import type { DescEnum } from '@bufbuild/protobuf';
import { InvalidValue } from './invalid-value.ts';
import { quoteName } from './json-string.ts';

/** Numbers below this that an enum declares are found by index. */
const DENSE = 256;
/** How many names an error lists. */
const NAMES_SHOWN = 8;

/** One enum, ready for both directions. */
export interface EnumTable {
  /** The first value's number, the default where no presence is kept. */
  readonly zero: number;
  /** Open enums keep numbers that they do not declare; closed ones treat them as unknown fields. */
  readonly isOpen: boolean;
  /** google.protobuf.NullValue is null in JSON. */
  readonly isNullValue: boolean;
  /** JSON text by number, for small numbers. */
  readonly dense: readonly (string | undefined)[];
  /** JSON text by number, ASCII. */
  readonly texts: ReadonlyMap<number, string>;
  readonly numbers: ReadonlyMap<string, number>;
  /** For errors: what may stand here. */
  readonly allowed: string;
}

const tables = new WeakMap<DescEnum, EnumTable>();

export function createEnumTable(descriptor: DescEnum): EnumTable {
  let table = tables.get(descriptor);
  if (table === undefined) {
    table = buildEnumTable(descriptor);
    tables.set(descriptor, table);
  }
  return table;
}

function buildEnumTable(descriptor: DescEnum): EnumTable {
  const isNullValue = descriptor.typeName === 'google.protobuf.NullValue';
  const texts = new Map<number, string>();
  const numbers = new Map<string, number>();
  for (const { number, jsonName } of descriptor.values) {
    // Of aliases the one declared first is printed.
    if (!texts.has(number)) texts.set(number, isNullValue ? 'null' : quoteName(jsonName));
    numbers.set(jsonName, number);
  }
  for (const { number, name } of descriptor.values) numbers.set(name, number);
  const dense = Array.from({ length: denseLength(texts.keys()) }, (_, number) => texts.get(number));
  const names = descriptor.values.slice(0, NAMES_SHOWN).map((value) => value.jsonName);
  const more = descriptor.values.length > NAMES_SHOWN ? ', …' : '';
  return {
    zero: descriptor.values[0]?.number ?? 0,
    isOpen: descriptor.open,
    isNullValue,
    dense,
    texts,
    numbers,
    allowed: isNullValue
      ? 'null'
      : `a name or number of ${descriptor.typeName} (${names.join(', ')}${more})`,
  };
}

function denseLength(numbers: Iterable<number>): number {
  let length = 0;
  for (const number of numbers) {
    if (number >= 0 && number < DENSE) length = Math.max(length, number + 1);
  }
  return length;
}

/** The JSON text of an enum's number: its name, or the number where the enum has none for it. */
export function enumText(table: EnumTable, number: number): string {
  const text = number >= 0 && number < table.dense.length ? table.dense[number] : undefined;
  if (text !== undefined) return text;
  return table.isNullValue ? 'null' : (table.texts.get(number) ?? `${number}`);
}

export function isKnownNumber(table: EnumTable, number: number): boolean {
  return table.texts.has(number);
}

export function toEnumNumber(table: EnumTable, json: unknown): number {
  if (typeof json === 'string') {
    const number = table.numbers.get(json);
    if (number !== undefined) return number;
  } else if (typeof json === 'number') {
    if ((json | 0) === json && (table.isOpen || table.texts.has(json))) return json | 0;
  } else if (json === null && table.isNullValue) {
    return 0;
  }
  throw new InvalidValue(table.allowed, json);
}
