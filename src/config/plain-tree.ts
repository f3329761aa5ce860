import { TomlDate } from 'smol-toml';

/**
 * What YAML and TOML say, in values that the schema knows: a key without a value is as if it were not
 * there, for `server:` with every line below it commented out; a date of TOML is its text.
 */
export function toPlainTree(value: unknown): unknown {
  if (value instanceof TomlDate) return value.toISOString();
  if (Array.isArray(value)) return value.map(toPlainTree);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== null && each !== undefined);
  // From entries, so that `__proto__` stays a key, and is found to be none of the schema's.
  return Object.fromEntries(entries.map(([key, each]) => [key, toPlainTree(each)]));
}
