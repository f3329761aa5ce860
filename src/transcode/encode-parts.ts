import { toEnumNumber } from './enum-table.ts';
import { toInt64, toUint64, writeFixed64, writeSint64, writeVarint64 } from './integer-input.ts';
import { InvalidValue } from './invalid-value.ts';
import type { MessagePlan, ScalarName } from './plan.ts';
import {
  toBase64Length,
  toBool,
  toDouble,
  toFloat,
  toInt32,
  toText,
  toUint32,
} from './scalar-input.ts';

/** Values by field position, for an object whose keys are not exactly json_names: original names, unknown keys, `undefined`. */
export function collectFields(plan: MessagePlan, json: object): unknown[] {
  const values = new Array<unknown>(plan.fields.length);
  for (const [key, value] of Object.entries(json)) placeField(plan, values, key, value);
  return values;
}

/** @throws InvalidValue on a key that names no field, or one whose field has a value already. */
export function placeField(
  plan: MessagePlan,
  values: unknown[],
  key: string,
  value: unknown,
): void {
  if (value === undefined) return;
  const position = plan.positions.get(key);
  if (position === undefined) refuseUnknown(plan, key);
  if (values[position] !== undefined) refuseTwice(plan, position);
  values[position] = value;
}

const NAMES_SHOWN = 12;

function refuseUnknown(plan: MessagePlan, key: string): never {
  const names = plan.fields.slice(0, NAMES_SHOWN).map((field) => field.jsonName);
  const more = plan.fields.length > NAMES_SHOWN ? ', …' : '';
  const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}${more}`;
  throw new InvalidValue(`a field of the message (${known})`, key);
}

function refuseTwice(plan: MessagePlan, position: number): never {
  const name = plan.fields[position]?.jsonName;
  throw new InvalidValue('each field once', `${name} by both of its names`);
}

export function refuseOneof(name: string): never {
  throw new InvalidValue(`at most one field of the oneof ${name}`, 'several');
}

export function refuseRequired(jsonName: string): never {
  throw new InvalidValue(`a value for the required field ${jsonName}`, undefined);
}

export function refuseNonObject(json: unknown): never {
  throw new InvalidValue('an object', json);
}

export function refuseNonArray(json: unknown): never {
  throw new InvalidValue('an array', json);
}

export function refuseNesting(): never {
  throw new InvalidValue('fewer levels of messages within messages', 'more');
}

/** A map key as JSON writes it: an integer has one spelling only, so that no key stands twice. */
const INTEGER_KEY = /^(?:0|-?[1-9]\d*)$/;

/** A property name as the JSON value that the key's type would have. */
export function readMapKey(scalar: ScalarName, key: string): unknown {
  if (scalar === 'string') return key;
  if (scalar === 'bool') return key === 'true' ? true : key === 'false' ? false : key;
  if (!INTEGER_KEY.test(key)) {
    throw new InvalidValue(`a map key that is an integer (${scalar})`, key);
  }
  return key;
}

/** Everything that compiled encoders call, under the names that they call it by. */
export const ENCODE_PARTS = {
  collectFields,
  readMapKey,
  refuseNesting,
  refuseNonArray,
  refuseNonObject,
  refuseOneof,
  refuseRequired,
  toBase64Length,
  toBool,
  toDouble,
  toEnumNumber,
  toFloat,
  toInt32,
  toInt64,
  toText,
  toUint32,
  toUint64,
  writeFixed64,
  writeSint64,
  writeVarint64,
};
