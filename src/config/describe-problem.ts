import { z } from 'zod';
import { nearestName } from '../lib/nearest-name.ts';
import type { Override } from './environment.ts';

export interface GivenConfig {
  readonly schema: z.core.$ZodType;
  readonly input: unknown;
  readonly overrides: readonly Override[];
}

/**
 * A zod issue as one line: where, what was expected, for a misspelt name the nearest valid one, and the
 * environment variable if one brought it.
 */
export function describeProblem(issue: z.core.$ZodIssue, given: GivenConfig): string[] {
  if (issue.code === 'unrecognized_keys') {
    const names = namesAt(given.schema, issue.path);
    return issue.keys.map((key) => {
      const nearest = nearestName(key, names);
      const hint =
        nearest === undefined ? `valid names: ${names.join(', ')}` : `did you mean "${nearest}"?`;
      const path = [...issue.path, key];
      // The variable may step further in than the first name that is wrong.
      const variable = variableOf(given, (override) => isPrefix(path, override));
      return `${formatPath(path)}: no such setting; ${hint}${variable}`;
    });
  }
  const meant = issue.code === 'invalid_union' ? formMeant(issue, given) : undefined;
  if (meant !== undefined) {
    return meant.flatMap((inner) =>
      describeProblem({ ...inner, path: [...issue.path, ...inner.path] }, given),
    );
  }
  if (issue.code === 'invalid_key') {
    return [`${formatPath(issue.path)}: ${issue.issues.map(({ message }) => message).join('; ')}`];
  }
  // A list is one value; its entries have no variables of their own.
  const isList = issue.code === 'invalid_type' && issue.expected === 'array';
  const variable = variableOf(
    given,
    (override) => isPrefix(override, issue.path) || (isList && isPrefix(issue.path, override)),
  );
  return [`${formatPath(issue.path)}: ${describeValue(issue, given.input)}${variable}`];
}

/**
 * What is wrong within the one of several forms whose names the value has; undefined if none or more fit.
 */
function formMeant(
  { errors, path }: Extract<z.core.$ZodIssue, { code: 'invalid_union' }>,
  { input }: GivenConfig,
): readonly z.core.$ZodIssue[] | undefined {
  const isWithin = (issue: z.core.$ZodIssue) =>
    issue.path.length > 0 && valueAt(input, [...path, ...issue.path.slice(0, 1)]) !== undefined;
  const fitting = errors.filter((issues) => issues.every(isWithin));
  return fitting.length === 1 ? fitting[0] : undefined;
}

function describeValue(issue: z.core.$ZodIssue, input: unknown): string {
  const found = valueAt(input, issue.path);
  const expected = issue.message
    .replace(/^Invalid input: expected (\w+),.*/, (_, type: string) =>
      Object.hasOwn(TYPES, type) ? `expected ${TYPES[type]}` : `expected ${type}`,
    )
    .replace(/^Too (?:small|big): .*(>=|<=|>|<)\s*([\d.]+).*/, (_, bound: string, value: string) =>
      Object.hasOwn(BOUNDS, bound) ? `expected ${BOUNDS[bound]} ${value}` : `expected ${value}`,
    );
  if (found === undefined) return `missing; ${expected}`;
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String);
    const nearest = typeof found === 'string' ? nearestName(found, allowed) : undefined;
    const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
    return `${show(found)} is not one of ${allowed.join(', ')}${hint}`;
  }
  // An error ends up in logs and tickets, where a password must not.
  if (
    issue.path.some((key) =>
      /secret|password|digest|token|api-?key|authorization|^headers$/i.test(String(key)),
    )
  )
    return expected;
  return `${expected}, found ${show(found)}`;
}

/** zod's words for types in everybody's. */
const TYPES: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

const BOUNDS: Readonly<Record<string, string>> = {
  '>=': 'at least',
  '<=': 'at most',
  '>': 'above',
  '<': 'below',
};

function variableOf(
  { overrides }: GivenConfig,
  brought: (path: readonly string[]) => boolean,
): string {
  const override = overrides.find(({ path }) => brought(path));
  return override === undefined ? '' : ` (set by ${override.variable})`;
}

function isPrefix(short: readonly PropertyKey[], long: readonly PropertyKey[]): boolean {
  return short.every((key, index) => key === long[index]);
}

function formatPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '(top level)';
  return path
    .map((key, index) =>
      typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`,
    )
    .join('');
}

/** What a mapping or a list holds is not shown: deeper in it may stand a password under a name that says so. */
function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : 'a list';
  if (typeof value === 'object' && value !== null) {
    const names = Object.keys(value).join(', ');
    return names === '' ? '{}' : `a mapping of ${cut(names)}`;
  }
  const text = JSON.stringify(value) ?? String(value);
  // RFC 3986 §3.2.1: what stands before the host of a URL is for nobody else's eyes.
  return cut(text.replace(/(\/\/)[^/?#]*@/, '$1...@'));
}

function cut(text: string): string {
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
  const forms = current instanceof z.ZodUnion ? current.options.map(unwrap) : [current];
  return forms.flatMap((form) => (form instanceof z.ZodObject ? Object.keys(form.shape) : []));
}

function unwrap(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  let current = schema;
  while (
    current instanceof z.ZodDefault ||
    current instanceof z.ZodPrefault ||
    current instanceof z.ZodOptional ||
    current instanceof z.ZodPipe
  ) {
    current = current instanceof z.ZodPipe ? current.in : current.unwrap();
  }
  return current;
}
