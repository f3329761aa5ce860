import type { Method } from '../contract/method.ts';
import { WeirError } from '../errors.ts';
import type { Call } from '../pipeline/call.ts';

/** How one stream is taken up again where its caller left it, as its contract's stream options say. */
export interface Resume {
  /** The input with the last seen id in the field that asks for what came after it. */
  resumeInput(call: Call): unknown;
  /** The resume id of a message; undefined where the contract names no such field. */
  idOf(json: string): string | undefined;
}

export function createResume(method: Method): Resume {
  const { descriptor, policy } = method;
  const jsonName = (fields: readonly { name: string; jsonName: string }[], name?: string) =>
    fields.find((field) => field.name === name)?.jsonName;
  const idField = jsonName(descriptor.output.fields, policy.stream?.resumeField);
  const fromField = jsonName(descriptor.input.fields, policy.stream?.resumeFromField);

  return {
    resumeInput(call) {
      if (call.lastEventId === undefined || fromField === undefined) return call.input;
      return { ...asFields(call.input), [fromField]: call.lastEventId };
    },
    idOf(json) {
      if (idField === undefined) return undefined;
      const id: unknown = JSON.parse(json)[idField];
      return id === undefined || id === null ? undefined : String(id);
    },
  };
}

function asFields(input: unknown): object {
  if (input === undefined || input === null) return {};
  if (typeof input === 'object') return input;
  throw new WeirError('INVALID_ARGUMENT', `The input is a ${typeof input}; expected an object.`);
}
