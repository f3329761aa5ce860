import { findDetail } from '@weir/client';

/** What is wrong with each field, by its path in the words of the form: `limit.price`, `limit.timeInForce`. */
export function violationsByField(error: unknown): ReadonlyMap<string, string> {
  const violations = findDetail(error, 'google.rpc.BadRequest')?.fieldViolations ?? [];
  const byField = new Map<string, string>();
  for (const { field, description } of violations) {
    const path = toJsonPath(field);
    const before = byField.get(path);
    byField.set(path, before === undefined ? description : `${before}; ${description}`);
  }
  return byField;
}

/** Backends spell a path as the contract does, `limit.time_in_force`; the client's types as JSON does. */
function toJsonPath(path: string): string {
  return path.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
