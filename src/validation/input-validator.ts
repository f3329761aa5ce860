import {
  type DescMessage,
  fromBinary,
  type Message,
  type Registry,
  toJson,
} from '@bufbuild/protobuf';
import { pathToString } from '@bufbuild/protobuf/reflect';
import { createValidator, type Violation } from '@bufbuild/protovalidate';
import { redactText } from '../contract/redact-text.ts';
import { holdsRedacted } from '../contract/redacted-fields.ts';
import { WeirError } from '../errors.ts';
import { compileRules } from './compile-rules.ts';
import { hasRules } from './has-rules.ts';

/** @throws WeirError INVALID_ARGUMENT with a `google.rpc.BadRequest` detail that names each field at fault. */
export type InputCheck = (message: Uint8Array) => void;

export interface InputValidator {
  /**
   * The check of one message type, compiled once; undefined where the contract has no rule for it or
   * for anything in it, so that inputs without rules cost nothing.
   * @throws Error with the reason when a rule of the contract does not compile
   */
  checkOf(descriptor: DescMessage): InputCheck | undefined;
}

/**
 * Enforces the protovalidate rules of a contract (https://protovalidate.com) on encoded messages,
 * exactly as a backend would see them.
 * @param registry resolves predefined rules and the types in a `google.protobuf.Any`
 */
export function createInputValidator(registry: Registry): InputValidator {
  const validator = createValidator({ registry });
  const checks = new Map<DescMessage, InputCheck | undefined>();
  const compiled = new Set<DescMessage>();

  function createCheck(descriptor: DescMessage): InputCheck | undefined {
    if (!hasRules(descriptor)) return undefined;
    compileRules(validator, descriptor, compiled);
    return function checkInput(message) {
      const input = fromBinary(descriptor, message);
      const result = validator.validate(descriptor, input);
      if (result.kind === 'valid') return;
      if (result.kind === 'error') throw WeirError.from(result.error);
      const redact = createRedaction(descriptor, input, registry);
      throw toInvalidArgument(descriptor, result.violations, redact);
    };
  }

  return {
    checkOf(descriptor) {
      if (!checks.has(descriptor)) checks.set(descriptor, createCheck(descriptor));
      return checks.get(descriptor);
    },
  };
}

/** A rule may put together its own words, and a path names the keys of maps. */
function createRedaction(
  descriptor: DescMessage,
  input: Message,
  registry: Registry,
): (text: string) => string {
  if (!holdsRedacted(descriptor)) return (text) => text;
  const json = toJson(descriptor, input, { registry });
  return (text) => redactText(text, { descriptor, types: registry }, json);
}

function toInvalidArgument(
  descriptor: DescMessage,
  violations: readonly Violation[],
  redact: (text: string) => string,
): WeirError {
  const fieldViolations = violations.map(({ field, message, ruleId }) => ({
    field: redact(pathToString(field)),
    description: redact(message === '' ? `violates the rule ${ruleId}` : message),
  }));
  const [first] = fieldViolations;
  const place = first === undefined || first.field === '' ? descriptor.typeName : first.field;
  const others = fieldViolations.length > 1 ? ` (and ${fieldViolations.length - 1} more)` : '';
  return new WeirError('INVALID_ARGUMENT', `${place}: ${first?.description}${others}`, {
    details: [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations }],
  });
}
