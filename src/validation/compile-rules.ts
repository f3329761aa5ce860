import { create, type DescField, type DescMessage, type Message } from '@bufbuild/protobuf';
import { type ReflectMessage, reflect, scalarZeroValue } from '@bufbuild/protobuf/reflect';
import { CompilationError, type Validator } from '@bufbuild/protovalidate';
import { hasRules } from './has-rules.ts';

/** What CEL says only when it evaluates, though no input could make it right. */
const NEVER_RIGHT =
  /^(?:unbound function|unresolved attribute|field not found|error parsing regexp)/;

/**
 * Compiles the rules of a message and of everything that it can hold. protovalidate compiles a rule when it
 * first meets a value that the rule is about, so each field is shown a value.
 * @throws Error with the reason when a rule does not compile
 */
export function compileRules(
  validator: Validator,
  descriptor: DescMessage,
  seen: Set<DescMessage>,
): void {
  if (seen.has(descriptor) || !hasRules(descriptor)) return;
  seen.add(descriptor);
  for (const sample of samplesOf(descriptor)) {
    const { error } = validator.validate(descriptor, sample);
    if (error instanceof CompilationError) throw error;
    if (error !== undefined && NEVER_RIGHT.test(error.message)) throw error;
  }
  for (const { message } of descriptor.fields) {
    if (message !== undefined) compileRules(validator, message, seen);
  }
}

/** An empty message, and for each field one that has it; members of a oneof exclude each other. */
function* samplesOf(descriptor: DescMessage): Generator<Message> {
  yield create(descriptor);
  for (const field of descriptor.fields) {
    const sample = reflect(descriptor);
    fill(sample, field);
    yield sample.message;
  }
}

function fill(sample: ReflectMessage, field: DescField): void {
  if (field.fieldKind === 'list') sample.get(field).add(sampleValueOf(field));
  else if (field.fieldKind === 'map') {
    sample.get(field).set(scalarZeroValue(field.mapKey, false), sampleValueOf(field));
  } else sample.set(field, sampleValueOf(field));
}

function sampleValueOf(field: DescField) {
  if (field.message !== undefined) return reflect(field.message);
  if (field.enum !== undefined) return field.enum.values[0]?.number ?? 0;
  return scalarZeroValue(field.scalar, false);
}
