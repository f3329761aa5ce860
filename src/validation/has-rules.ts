import { type DescMessage, hasOption } from '@bufbuild/protobuf';
import {
  field as fieldRules,
  message as messageRules,
  oneof as oneofRules,
} from '@bufbuild/protovalidate/gen/buf/validate/validate_pb.js';

/** Whether a message, or any message that it can hold, has protovalidate rules. */
export function hasRules(descriptor: DescMessage, seen: Set<DescMessage> = new Set()): boolean {
  if (seen.has(descriptor)) return false;
  seen.add(descriptor);
  return (
    hasOption(descriptor, messageRules) ||
    descriptor.oneofs.some((oneof) => hasOption(oneof, oneofRules)) ||
    descriptor.fields.some((field) => {
      if (hasOption(field, fieldRules)) return true;
      return field.message !== undefined && hasRules(field.message, seen);
    })
  );
}
