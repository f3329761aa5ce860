import { parse } from 'yaml';

const PREFIX = 'WEIR_';

export type ConfigTree = { [key: string]: unknown };

/**
 * Lays `WEIR_…` variables over a configuration tree. Two underscores step inside, one begins a new
 * word: `WEIR_SERVER__PORT=0` sets `server.port`, `WEIR_LIMITS__MAX_BODY=2MiB` sets `limits.maxBody`.
 * Values are read as YAML, so `[a, b]` is a list.
 */
export function applyEnvironment(
  tree: ConfigTree,
  environment: Readonly<Record<string, string | undefined>>,
): ConfigTree {
  let result = tree;
  for (const [variable, text] of Object.entries(environment).sort()) {
    if (!variable.startsWith(PREFIX) || text === undefined || !variable.includes('__')) continue;
    const path = variable.slice(PREFIX.length).split('__').map(toCamelCase);
    result = withValue(result, path, parse(text));
  }
  return result;
}

function toCamelCase(words: string): string {
  return words.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function withValue(tree: ConfigTree, [key = '', ...rest]: string[], value: unknown): ConfigTree {
  if (rest.length === 0) return { ...tree, [key]: value };
  const inner = tree[key];
  return { ...tree, [key]: withValue(isConfigTree(inner) ? inner : {}, rest, value) };
}

export function isConfigTree(value: unknown): value is ConfigTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
