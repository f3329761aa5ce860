import type { ErrorDetail, ErrorDetails } from './error-details.ts';
import { isWeirError } from './is-weir-error.ts';

/**
 * The first detail of a type, by the type's full name:
 * `findDetail(error, 'google.rpc.BadRequest')?.fieldViolations`. Any error may be given; one that is not
 * Weir's has no details.
 */
export function findDetail<Name extends keyof ErrorDetails>(
  error: unknown,
  typeName: Name,
): (ErrorDetails[Name] & { readonly '@type': string }) | undefined;
export function findDetail(error: unknown, typeName: string): ErrorDetail | undefined;
export function findDetail(error: unknown, typeName: string): ErrorDetail | undefined {
  if (!isWeirError(error)) return undefined;
  // The part before the last slash of a type URL says where the type is published, not which it is.
  return error.data.grpc.details.find((detail) => detail['@type'].split('/').pop() === typeName);
}
