import type { DescExtension, DescField, DescMessage } from '@bufbuild/protobuf';

/** Whether the contract marks a field `debug_redact`: its values stay out of logs, spans and errors. */
export function isRedacted(field: DescField | DescExtension): boolean {
  return field.proto.options?.debugRedact === true;
}

const known = new WeakMap<DescMessage, boolean>();

export const ANY = 'google.protobuf.Any';

/** Whether a message, or any message that it can hold, has such a field; an Any can hold every message, and what can be extended any field. */
export function holdsRedacted(descriptor: DescMessage): boolean {
  let holds = known.get(descriptor);
  if (holds === undefined) {
    holds = search(descriptor, new Set());
    known.set(descriptor, holds);
  }
  return holds;
}

function search(descriptor: DescMessage, seen: Set<DescMessage>): boolean {
  if (seen.has(descriptor)) return false;
  seen.add(descriptor);
  if (descriptor.typeName === ANY || isExtendable(descriptor)) return true;
  return descriptor.fields.some(
    (field) => isRedacted(field) || (field.message !== undefined && search(field.message, seen)),
  );
}

export function isExtendable({ proto }: DescMessage): boolean {
  return proto.extensionRange.length > 0;
}
