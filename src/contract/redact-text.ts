import type { DescExtension, DescField, DescMessage, Registry } from '@bufbuild/protobuf';
import { ANY, holdsRedacted, isExtendable, isRedacted } from './redacted-fields.ts';

const CENSOR = '[redacted]';

/** Each value is a pass over the text: with more of them it is hidden whole, or a caller could choose how long that takes. */
const MOST_VALUES = 1_000;

export interface MessageTypes {
  readonly descriptor: DescMessage;
  /** What may stand in an Any. */
  readonly types: Registry;
}

/**
 * A text about an input, such as a backend's refusal, without what the input holds in fields marked
 * `debug_redact`: backends quote what they were sent.
 * @param input its content, as JSON
 */
export function redactText(text: string, message: MessageTypes, input: unknown): string {
  if (!holdsRedacted(message.descriptor)) return text;
  return hideIn(text, valuesOf(message, input));
}

/** The same for every text within a value, such as the details of an error. */
export function redactTexts<T>(value: T, message: MessageTypes, input: unknown): T;
export function redactTexts(value: unknown, message: MessageTypes, input: unknown): unknown {
  if (!holdsRedacted(message.descriptor)) return value;
  const values = valuesOf(message, input);
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
function valuesOf({ descriptor, types }: MessageTypes, input: unknown): readonly string[] {
  const values = new Set<string>();
  collect(descriptor, input);
  return [...values].sort((a, b) => b.length - a.length);

  function collect(descriptor: DescMessage, json: unknown): void {
    if (!isObject(json)) return;
    if (descriptor.typeName === ANY) {
      const held = typeInAny(json, types);
      if (held !== undefined) collect(held, held.typeName === ANY ? json.value : json);
      return;
    }
    for (const field of descriptor.fields) {
      collectField(field, json[field.jsonName] ?? json[field.name]);
    }
    if (!isExtendable(descriptor)) return;
    for (const [key, value] of Object.entries(json)) {
      const extension = key.startsWith('[') ? types.getExtension(key.slice(1, -1)) : undefined;
      if (extension !== undefined) collectField(extension, value);
    }
  }

  function collectField(field: DescField | DescExtension, value: unknown): void {
    if (isRedacted(field)) collectLeaves(value, values);
    else if (field.message !== undefined && holdsRedacted(field.message)) {
      for (const each of messagesOf(field, value)) collect(field.message, each);
    }
  }
}

/** ProtoJSON has the fields of the message beside its type; for an Any in an Any, under `value`. */
function typeInAny(
  json: Readonly<Record<string, unknown>>,
  types: Registry,
): DescMessage | undefined {
  const url = json['@type'];
  return typeof url === 'string'
    ? types.getMessage(url.slice(url.lastIndexOf('/') + 1))
    : undefined;
}

function hideIn(text: string, values: readonly string[]): string {
  if (values.length > MOST_VALUES) return CENSOR;
  return values.reduce((left, value) => left.replaceAll(value, CENSOR), text);
}

function messagesOf({ fieldKind }: DescField | DescExtension, value: unknown): readonly unknown[] {
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
