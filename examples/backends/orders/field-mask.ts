import { badRequest } from '../server/error-details.ts';
import { StatusError } from '../server/status-error.ts';

type Fields = Record<string, unknown>;

/**
 * The masked fields of a message in proto-loader's form, names as in the contract. An empty mask
 * keeps all. https://google.aip.dev/157
 * @throws StatusError INVALID_ARGUMENT for a path that the message does not have.
 */
export function applyMask(
  message: Fields,
  paths: readonly string[],
  known: readonly string[],
): Fields {
  if (paths.length === 0) return message;
  const wrong = paths.filter((path) => !known.includes(path.split('.')[0] ?? ''));
  if (wrong.length > 0) {
    throw new StatusError('INVALID_ARGUMENT', 'The field mask names fields that are not there', [
      badRequest(
        wrong.map((path) => ({ field: 'fields', description: `there is no field "${path}"` })),
      ),
    ]);
  }
  const masked: Fields = {};
  for (const path of paths) copy(message, masked, path.split('.'));
  return masked;
}

function copy(from: Fields, to: Fields, [name = '', ...rest]: readonly string[]): void {
  const value = from[name];
  if (value === undefined) return;
  if (rest.length === 0 || !isFields(value)) {
    to[name] = value;
    return;
  }
  const inner = to[name];
  // A whole message that an earlier path asked for already holds this part.
  if (inner === value) return;
  const part = isFields(inner) ? inner : {};
  to[name] = part;
  copy(value, part, rest);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
