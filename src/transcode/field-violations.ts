import type { DescMessage } from '@bufbuild/protobuf';
import { WeirError } from '../errors.ts';
import {
  InvalidInput,
  type InvalidValue,
  type PathSegment,
  type Violation,
} from './invalid-value.ts';

/**
 * What a caller sees of a JSON value that does not fit: INVALID_ARGUMENT with a `google.rpc.BadRequest`
 * that names every field found wrong, its paths as
 * https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto writes them.
 */
export function invalidArgument(
  descriptor: DescMessage,
  error: InvalidInput | InvalidValue,
): WeirError {
  const violations: readonly Violation[] =
    error instanceof InvalidInput ? error.violations : [{ path: [], description: error.message }];
  const fieldViolations = violations.map(({ path, description }) => ({
    field: pathText(path),
    description,
  }));
  const [first] = fieldViolations;
  const place = first === undefined || first.field === '' ? descriptor.typeName : first.field;
  const others = fieldViolations.length > 1 ? ` (and ${fieldViolations.length - 1} more)` : '';
  return new WeirError(
    'INVALID_ARGUMENT',
    `${place}: ${first?.description ?? error.message}${others}`,
    {
      details: [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations }],
      cause: error,
    },
  );
}

/** How much of a caller's key an error repeats; see `describeJson`. */
const SHOWN_CHARACTERS = 40;

/** The same for a key that may be a field's name, of which all is to be read. */
const SHOWN_NAME_CHARACTERS = 128;

function shorten(key: string, length: number): string {
  const shown = key.length > length ? `${key.slice(0, length)}…` : key;
  return shown.toWellFormed();
}

/** For example `orders[2].labels["desk"].price`. */
function pathText(path: readonly PathSegment[]): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else if (typeof segment === 'string')
      text += `${text === '' ? '' : '.'}${shorten(segment, SHOWN_NAME_CHARACTERS)}`;
    else text += `[${JSON.stringify(shorten(segment.key, SHOWN_CHARACTERS))}]`;
  }
  return text;
}
