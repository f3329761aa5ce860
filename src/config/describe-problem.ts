import { z } from 'zod';
import { nearestName } from '../lib/nearest-name.ts';

/** A zod issue as one line: where, what was expected, and for a misspelt name the nearest valid one. */
export function describeProblem(
  issue: z.core.$ZodIssue,
  schema: z.core.$ZodType,
  input: unknown,
): string[] {
  const place = formatPath(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const names = namesAt(schema, issue.path);
    return issue.keys.map((key) => {
      const nearest = nearestName(key, names);
      const hint =
        nearest === undefined ? `valid names: ${names.join(', ')}` : `did you mean "${nearest}"?`;
      return `${formatPath([...issue.path, key])}: no such setting; ${hint}`;
    });
  }
  const found = valueAt(input, issue.path);
  if (found === undefined) return [`${place}: missing; ${issue.message}`];
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String);
    const nearest = typeof found === 'string' ? nearestName(found, allowed) : undefined;
    const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
    return [`${place}: ${show(found)} is not one of ${allowed.join(', ')}${hint}`];
  }
  return [`${place}: ${issue.message}, found ${show(found)}`];
}

function formatPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '(top level)';
  return path
    .map((key, index) =>
      typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`,
    )
    .join('');
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

function namesAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  let current = unwrap(schema);
  for (const key of path) {
    if (current instanceof z.ZodObject) current = unwrap(current.shape[String(key)]);
    else if (current instanceof z.ZodRecord) current = unwrap(current.valueType);
    else if (current instanceof z.ZodArray) current = unwrap(current.element);
  }
  return current instanceof z.ZodObject ? Object.keys(current.shape) : [];
}

function unwrap(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  let current = schema;
  while (
    current instanceof z.ZodDefault ||
    current instanceof z.ZodPrefault ||
    current instanceof z.ZodOptional
  ) {
    current = current.unwrap();
  }
  return current;
}
