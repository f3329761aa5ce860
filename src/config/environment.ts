import { UserError } from '../lib/user-error.ts';
import { parseYaml } from './parse-yaml.ts';

const PREFIX = 'WEIR_';

/**
 * What Kubernetes and container links tell every pod of a service called `weir-redis` or the like:
 * `WEIR_REDIS_SERVICE_HOST`, `WEIR_REDIS_PORT=tcp://10.0.0.1:6379`, `WEIR_REDIS_PORT_6379_TCP_ADDR`.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
const SERVICE_VARIABLE =
  /_SERVICE_(?:HOST|PORT(?:_\w+)?)$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/;
const SERVICE_ADDRESS = /^(?:tcp|udp|sctp):\/\//;

export type ConfigTree = { [key: string]: unknown };

/** Where a variable's value went: `WEIR_SERVER__PORT` to `['server', 'port']`. */
export interface Override {
  readonly variable: string;
  readonly path: readonly string[];
}

/**
 * Lays `WEIR_…` variables over a configuration tree. Two underscores step inside, one begins a new
 * word: `WEIR_SERVER__PORT=0` sets `server.port`, `WEIR_LIMITS__MAX_BODY=2MiB` sets `limits.maxBody`.
 * Values are read as YAML, so `[a, b]` is a list. A variable without two underscores is a setting only
 * where it names a whole section; `WEIR_HOME` and the like are other programs' affair.
 *
 * @throws UserError that lists values that are no YAML, and names with one underscore where two belong.
 */
export function applyEnvironment(
  tree: ConfigTree,
  environment: Readonly<Record<string, string | undefined>>,
  sections: readonly string[],
): { readonly tree: ConfigTree; readonly overrides: readonly Override[] } {
  const problems: string[] = [];
  const overrides: Override[] = [];
  let result = tree;
  for (const [variable, text] of Object.entries(environment).sort()) {
    if (!variable.startsWith(PREFIX) || text === undefined) continue;
    const name = variable.slice(PREFIX.length);
    const path = name.split('__').map(toCamelCase);
    if (path.length === 1 && !sections.includes(path[0] ?? '')) {
      const meant = withTwoUnderscores(name, sections);
      if (meant !== undefined && !isOfService(name, text)) {
        problems.push(`${variable}: no such setting; did you mean "${PREFIX}${meant}"?`);
      }
      continue;
    }
    try {
      result = withValue(result, path, parseYaml(text));
      overrides.push({ variable, path });
    } catch (cause) {
      problems.push(`${variable}: ${cause instanceof Error ? cause.message : cause}`);
    }
  }
  if (problems.length > 0) throw new UserError('The environment cannot be read:', problems);
  return { tree: result, overrides };
}

function isOfService(name: string, text: string): boolean {
  return SERVICE_VARIABLE.test(name) || SERVICE_ADDRESS.test(text);
}

/** `SERVER_PORT` is `SERVER__PORT` to somebody in a hurry. */
function withTwoUnderscores(name: string, sections: readonly string[]): string | undefined {
  const section = sections.map(toUpperSnakeCase).find((each) => name.startsWith(`${each}_`));
  return section && `${section}__${name.slice(section.length + 1)}`;
}

function toCamelCase(words: string): string {
  return words.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function toUpperSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

function withValue(tree: ConfigTree, [key = '', ...rest]: string[], value: unknown): ConfigTree {
  if (rest.length === 0) return { ...tree, [key]: value };
  const inner = tree[key];
  return { ...tree, [key]: withValue(isConfigTree(inner) ? inner : {}, rest, value) };
}

export function isConfigTree(value: unknown): value is ConfigTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
