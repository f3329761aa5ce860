import type { DescMessage } from '@bufbuild/protobuf';
import { placeOf } from '../contract/comment.ts';
import type { ContractSnapshot } from '../contract/snapshot.ts';
import { UserError } from '../lib/user-error.ts';
import { hasRules } from './has-rules.ts';
import type { InputValidator } from './input-validator.ts';

const NO_RULES: InputValidator = { checkOf: () => undefined };

/**
 * The validator of a snapshot, with the rules of all inputs compiled.
 * @throws UserError that names each input with a rule that does not compile.
 */
export async function requireSoundRules({
  registry,
  methods,
}: ContractSnapshot): Promise<InputValidator> {
  const seen = new Set<DescMessage>();
  if (![...methods.values()].some(({ descriptor }) => hasRules(descriptor.input, seen))) {
    return NO_RULES;
  }
  // Loaded only here: protovalidate and its CEL are megabytes that a contract without rules never uses.
  const { createInputValidator } = await import('./input-validator.ts');
  const validator = createInputValidator(registry);
  const problems = new Set<string>();
  for (const { descriptor } of methods.values()) {
    const { input } = descriptor;
    try {
      validator.checkOf(input);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      problems.add(
        `${placeOf(descriptor)}: a rule of its input ${input.typeName} does not compile: ${reason}`,
      );
    }
  }
  if (problems.size > 0) throw new UserError('The contracts have broken rules:', [...problems]);
  return validator;
}
