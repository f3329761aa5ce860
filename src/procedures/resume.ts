import type { DescField } from '@bufbuild/protobuf';
import type { Method } from '../contract/method.ts';
import { WeirError } from '../errors.ts';
import type { Call } from '../pipeline/call.ts';
import type { StreamItem } from '../pipeline/reply.ts';

/** How one stream is taken up again where its caller left it, as its contract's stream options say. */
export interface Resume {
  /** The input with the last seen id in the field that asks for what came after it. */
  resumeInput(call: Call): unknown;
  /**
   * A message with its resume id. Where the contract names a field for it, callers are promised `{id, data}`,
   * which the wires make of what has an id; a message without one brings that form along, with an empty id.
   */
  toItem(json: string): StreamItem;
}

export function createResume(method: Method): Resume {
  const { descriptor, policy } = method;
  const find = (fields: readonly DescField[], name?: string) =>
    fields.find((field) => field.name === name);
  const idField = find(descriptor.output.fields, policy.stream?.resumeField);
  const fromField = find(descriptor.input.fields, policy.stream?.resumeFromField);

  return {
    resumeInput(call) {
      if (call.lastEventId === undefined || fromField === undefined) return call.input;
      // Under its other name the field would be there twice.
      const { [fromField.name]: _, ...input } = asFields(call.input);
      return { ...input, [fromField.jsonName]: call.lastEventId };
    },
    toItem(json) {
      if (idField === undefined) return { json };
      const value: unknown = JSON.parse(json)[idField.jsonName];
      const id = value === undefined || value === null ? '' : String(value);
      return id === '' ? { json: `{"id":"","data":${json}}` } : { json, id };
    },
  };
}

function asFields(input: unknown): Readonly<Record<string, unknown>> {
  if (input === undefined || input === null) return {};
  if (typeof input === 'object') return { ...input };
  throw new WeirError('INVALID_ARGUMENT', `The input is a ${typeof input}; expected an object.`);
}
