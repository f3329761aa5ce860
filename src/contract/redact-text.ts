import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { holdsRedacted, isRedacted } from './redacted-fields.ts';

const CENSOR = '[redacted]';

/** Each value is a pass over the text: with more of them it is hidden whole, or a caller could choose how long that takes. */
const MOST_VALUES = 1_000;

/**
 * A text about an input, such as a backend's refusal, without what the input holds in fields marked
 * `debug_redact`: backends quote what they were sent.
 * @param input the message as JSON
 */
export function redactText(text: string, descriptor: DescMessage, input: unknown): string {
  if (!holdsRedacted(descriptor)) return text;
  return hideIn(text, valuesOf(descriptor, input));
}

/** The same for every text within a value, such as the details of an error. */
export function redactTexts<T>(value: T, descriptor: DescMessage, input: unknown): T;
export function redactTexts(value: unknown, descriptor: DescMessage, input: unknown): unknown {
  if (!holdsRedacted(descriptor)) return value;
  const values = valuesOf(descriptor, input);
  const redactAll = (each: unknown): unknown => {
    if (typeof each === 'string') return hideIn(each, values);
    if (Array.isArray(each)) return each.map(redactAll);
    if (!isObject(each)) return each;
    return Object.fromEntries(
      // The type of an Any is the contract's word, and clients look for it.
      Object.entries(each).map(([name, inner]) => [
        name,
        name === '@type' ? inner : redactAll(inner),
      ]),
    );
  };
  return redactAll(value);
}

/** The longest first, or a part of one that stands alone elsewhere would leave the rest of it. */
function valuesOf(descriptor: DescMessage, input: unknown): readonly string[] {
  const values = new Set<string>();
  collect(descriptor, input, values);
  return [...values].sort((a, b) => b.length - a.length);
}

function hideIn(text: string, values: readonly string[]): string {
  if (values.length > MOST_VALUES) return CENSOR;
  return values.reduce((left, value) => left.replaceAll(value, CENSOR), text);
}

function collect(descriptor: DescMessage, json: unknown, values: Set<string>): void {
  if (!isObject(json)) return;
  for (const field of descriptor.fields) {
    const value = json[field.jsonName] ?? json[field.name];
    if (isRedacted(field)) collectLeaves(value, values);
    else if (field.message !== undefined && holdsRedacted(field.message)) {
      for (const each of messagesOf(field, value)) collect(field.message, each, values);
    }
  }
}

function messagesOf({ fieldKind }: DescField, value: unknown): readonly unknown[] {
  if (fieldKind === 'list') return Array.isArray(value) ? value : [];
  if (fieldKind === 'map') return isObject(value) ? Object.values(value) : [];
  return [value];
}

/** Everything that could be quoted; true and false say nothing by themselves. */
function collectLeaves(value: unknown, values: Set<string>): void {
  if (typeof value === 'string' || typeof value === 'number') {
    if (value === '') return;
    values.add(String(value));
    // As it stands between quotation marks, which is how many backends quote.
    values.add(JSON.stringify(String(value)).slice(1, -1));
  } else if (Array.isArray(value)) {
    for (const each of value) collectLeaves(each, values);
  } else if (isObject(value)) {
    for (const [key, each] of Object.entries(value)) {
      collectLeaves(key, values);
      collectLeaves(each, values);
    }
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
