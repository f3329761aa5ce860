import { redactText } from '../contract/redact-text.ts';
import type { WeirError } from '../errors.ts';
import type { BackendCall } from './backend-call.ts';

/**
 * A backend's refusal as it may be logged, traced and told: it may quote what the contract keeps out of all
 * that. A cause that quotes it is given up: it is a transport's own error, which says the same once more.
 */
export function redactError(
  error: WeirError,
  { method, input }: Pick<BackendCall, 'method' | 'input'>,
): WeirError {
  if (error.origin === 'gateway') return error;
  const message = { descriptor: method.descriptor.input, types: method.types };
  const redact = (text: string) => redactText(text, message, input);
  const text = redact(error.message);
  const { cause } = error;
  const quotes = cause instanceof Error && redact(cause.message) !== cause.message;
  if (text === error.message && !quotes) return error;
  return error.withMessage(text, quotes ? undefined : cause);
}
