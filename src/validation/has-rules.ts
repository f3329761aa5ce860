import type { DescMessage, UnknownField } from '@bufbuild/protobuf';

/**
 * The number of protovalidate's extensions of the options of messages, oneofs and fields alike
 * (https://buf.build/bufbuild/protovalidate, buf/validate/validate.proto). A number and not the library's own
 * descriptor, since a gateway whose contracts have no rules does not load the library.
 */
const RULES = 1159;

/** Whether a message, or any message that it can hold, has protovalidate rules. */
export function hasRules(descriptor: DescMessage, seen: Set<DescMessage> = new Set()): boolean {
  if (seen.has(descriptor)) return false;
  seen.add(descriptor);
  return (
    isRuled(descriptor) ||
    descriptor.oneofs.some(isRuled) ||
    descriptor.fields.some((field) => {
      if (isRuled(field)) return true;
      return field.message !== undefined && hasRules(field.message, seen);
    })
  );
}

/** Extensions of options are kept as fields that the options' own type does not know. */
function isRuled({
  proto,
}: {
  readonly proto: {
    readonly options?: { readonly $unknown?: readonly UnknownField[] | undefined } | undefined;
  };
}): boolean {
  return proto.options?.$unknown?.some(({ no }) => no === RULES) ?? false;
}
