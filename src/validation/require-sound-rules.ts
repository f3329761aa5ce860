import { placeOf } from '../contract/comment.ts';
import type { ContractSnapshot } from '../contract/snapshot.ts';
import { UserError } from '../lib/user-error.ts';
import { createInputValidator, type InputValidator } from './input-validator.ts';

/**
 * The validator of a snapshot, with the rules of all inputs compiled.
 * @throws UserError that names each input with a rule that does not compile.
 */
export function requireSoundRules({ registry, methods }: ContractSnapshot): InputValidator {
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
