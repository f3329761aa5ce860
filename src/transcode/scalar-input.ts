import { base64Length } from './base64.ts';
import { InvalidValue } from './invalid-value.ts';

/** A number as JSON writes it (RFC 8259 section 6); ProtoJSON takes it in quotes too. */
export const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const INT32 = 'an integer between -2147483648 and 2147483647';
const UINT32 = 'an integer between 0 and 4294967295';
const DOUBLE = 'a number, "NaN", "Infinity" or "-Infinity"';
const FLOAT = 'a number within ±3.4028235e38, "NaN", "Infinity" or "-Infinity"';

export function toInt32(json: unknown): number {
  const value = toNumber(json);
  if (value !== undefined && (value | 0) === value) return value | 0;
  throw new InvalidValue(INT32, json);
}

export function toUint32(json: unknown): number {
  const value = toNumber(json);
  if (value !== undefined && value >>> 0 === value) return value >>> 0;
  throw new InvalidValue(UINT32, json);
}

export function toBool(json: unknown): boolean {
  if (typeof json === 'boolean') return json;
  throw new InvalidValue('true or false', json);
}

export function toText(json: unknown): string {
  if (typeof json === 'string') return json;
  throw new InvalidValue('a string', json);
}

/** The number of bytes of a text in base64 of either alphabet, with or without padding. */
export function toBase64Length(json: unknown): number {
  const length = typeof json === 'string' ? base64Length(json) : -1;
  if (length < 0) throw new InvalidValue('bytes in base64 or base64url (RFC 4648)', json);
  return length;
}

export function toDouble(json: unknown): number {
  const value = toFloatingPoint(json);
  if (value === undefined) throw new InvalidValue(DOUBLE, json);
  return value;
}

/** A number that does not become infinite as a float; the writer rounds it. */
export function toFloat(json: unknown): number {
  const value = toFloatingPoint(json);
  if (value === undefined || Number.isFinite(Math.fround(value)) !== Number.isFinite(value)) {
    throw new InvalidValue(FLOAT, json);
  }
  return value;
}

function toFloatingPoint(json: unknown): number | undefined {
  if (typeof json === 'number') return Number.isFinite(json) ? json : undefined;
  if (typeof json !== 'string') return undefined;
  if (json === 'NaN') return Number.NaN;
  if (json === 'Infinity') return Number.POSITIVE_INFINITY;
  if (json === '-Infinity') return Number.NEGATIVE_INFINITY;
  const value = JSON_NUMBER.test(json) ? Number(json) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

function toNumber(json: unknown): number | undefined {
  if (typeof json === 'number') return json;
  return typeof json === 'string' && JSON_NUMBER.test(json) ? Number(json) : undefined;
}
