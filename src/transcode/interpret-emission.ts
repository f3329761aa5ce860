import type { DecodeOptions } from './decode-options.ts';
import { finiteText, refuseMissing, refuseNoKind } from './decode-parts.ts';
import type { Reading } from './interpret-reading.ts';
import type { JsonForm } from './json-form.ts';
import { quoteName } from './json-string.ts';
import type { FieldPlan, MessagePlan } from './plan.ts';
import { plainText, zeroPlain } from './read-plain.ts';

/** From what was read of a message to its JSON text: the interpreter's counterpart of `compileEmission`. */
export function emissionOf(
  form: JsonForm,
): (plan: MessagePlan, reading: Reading, options: DecodeOptions) => string {
  if (form === 'value') return valueText;
  return form === 'bare' ? bareText : objectText;
}

function objectText(plan: MessagePlan, reading: Reading, options: DecodeOptions): string {
  const parts: string[] = [];
  for (const [i, field] of plan.fields.entries()) {
    const text = fieldText(field, i, reading, options);
    if (text !== undefined) parts.push(`${quoteName(field.jsonName)}:${text}`);
    else if (field.shape === 'singular' && field.presence === 'required') {
      refuseMissing(field.jsonName);
    }
  }
  return `{${parts.join(',')}}`;
}

const EMIT_ALL: Pick<DecodeOptions, 'alwaysEmitImplicit'> = { alwaysEmitImplicit: true };

/** Wrappers, Struct and ListValue stand for their one field, whatever it holds. */
function bareText(plan: MessagePlan, reading: Reading): string {
  const [field] = plan.fields;
  return (field && fieldText(field, 0, reading, EMIT_ALL)) ?? '{}';
}

/** Value stands for the one kind that it holds. */
function valueText(plan: MessagePlan, reading: Reading): string {
  for (const [i, field] of plan.fields.entries()) {
    const plain = reading.plain[i];
    const isNumber = field.value.kind === 'scalar' && field.value.scalar === 'double';
    if (isNumber && typeof plain === 'number') return finiteText(plain);
    const text = fieldText(field, i, reading, EMIT_ALL);
    if (text !== undefined) return text;
  }
  return refuseNoKind();
}

/** The JSON text of a field, or undefined where it is not to be emitted. */
function fieldText(
  field: FieldPlan,
  i: number,
  reading: Reading,
  { alwaysEmitImplicit }: Pick<DecodeOptions, 'alwaysEmitImplicit'>,
): string | undefined {
  if (field.shape === 'list') {
    const list = reading.lists[i];
    if (list !== undefined) return `[${list}]`;
    return alwaysEmitImplicit && !field.isExtension ? '[]' : undefined;
  }
  if (field.shape === 'map') {
    return reading.maps[i]?.text ?? (alwaysEmitImplicit ? '{}' : undefined);
  }
  const { value, oneof, presence } = field;
  if (value.kind === 'message') {
    const occurrence = reading.messages[i];
    return occurrence && reading.messageText(value, occurrence);
  }
  const plain = reading.plain[i];
  const isImplicit = presence === 'implicit' && oneof < 0;
  if (!isImplicit) return plain === undefined ? undefined : plainText(value, plain);
  const zero = zeroPlain(value);
  if (alwaysEmitImplicit) return plainText(value, plain ?? zero);
  return plain === undefined || Object.is(plain, zero) ? undefined : plainText(value, plain);
}
