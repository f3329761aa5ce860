import { InvalidInput, InvalidValue } from './invalid-value.ts';

const HIDDEN = 'a value that is not shown (debug_redact)';

/**
 * Does the work for a field marked `debug_redact`: what it finds wrong is told without the value, and
 * for a message within without saying where, for keys of maps are values too.
 * @throws InvalidInput
 */
export function hideValue(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidValue) {
      throw new InvalidInput([
        { path: [], description: `expected ${error.allowed}, found ${HIDDEN}` },
      ]);
    }
    if (error instanceof InvalidInput) {
      throw new InvalidInput([
        { path: [], description: `something in it does not fit: found ${HIDDEN}` },
      ]);
    }
    throw error;
  }
}
