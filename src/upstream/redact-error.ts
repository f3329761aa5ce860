import { redactText } from '../contract/redact-text.ts';
import type { WeirError } from '../errors.ts';
import type { BackendCall } from './backend-call.ts';

/** A backend's refusal as it may be logged, traced and told: it may quote what the contract keeps out of all that. */
export function redactError(
  error: WeirError,
  { method, input }: Pick<BackendCall, 'method' | 'input'>,
): WeirError {
  if (error.origin === 'gateway') return error;
  const message = redactText(error.message, method.descriptor.input, input);
  return message === error.message ? error : error.withMessage(message);
}
