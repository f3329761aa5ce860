import { readFileSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { UserError } from '../lib/user-error.ts';
import { describeProblem } from './describe-problem.ts';
import { applyEnvironment, type ConfigTree, isConfigTree, type Override } from './environment.ts';
import { parseToml } from './parse-toml.ts';
import { parseYaml } from './parse-yaml.ts';
import { toPlainTree } from './plain-tree.ts';
import { type Config, configSchema } from './schema.ts';

const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  '.yaml': parseYaml,
  '.yml': parseYaml,
  '.toml': parseToml,
};

/**
 * Reads a YAML or TOML file, lays the environment over it, checks it and fills in every default.
 * @throws UserError that lists every problem with its path.
 */
export function loadConfig(
  file: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const sections = Object.keys(configSchema.shape);
  const { tree, overrides } = applyEnvironment(readTree(file), environment, sections);
  return toConfig(tree, { file, folder: dirname(resolve(file)), overrides });
}

export interface ConfigSource {
  /** What errors call it. */
  readonly file: string;
  /** Where relative paths start. */
  readonly folder: string;
  /** What the environment laid over the file. */
  readonly overrides?: readonly Override[];
}

/** The same for a tree that is already in memory. */
export function toConfig(tree: ConfigTree, source: ConfigSource): Config {
  const plain = toPlainTree(tree);
  const result = configSchema.safeParse(plain);
  if (!result.success) {
    const given = { schema: configSchema, input: plain, overrides: source.overrides ?? [] };
    const problems = result.error.issues.flatMap((issue) => describeProblem(issue, given));
    throw new UserError(`${source.file} is not a valid configuration:`, problems);
  }
  return withAbsolutePaths(result.data, source.folder);
}

function readTree(file: string): ConfigTree {
  const parser = PARSERS[extname(file)];
  if (parser === undefined) {
    throw new UserError(`${file}: a configuration is a .yaml, .yml or .toml file.`);
  }
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UserError(
      `${file} cannot be read: ${messageOf(cause)}. Name another with --config.`,
      [],
      { cause },
    );
  }
  let tree: unknown;
  try {
    tree = parser(text) ?? {};
  } catch (cause) {
    throw new UserError(`${file} cannot be parsed: ${messageOf(cause)}.`);
  }
  if (!isConfigTree(tree)) throw new UserError(`${file}: expected a mapping at the top level.`);
  return tree;
}

function withAbsolutePaths(config: Config, folder: string): Config {
  const absolute = (path: string) => resolve(folder, path);
  const optional = (path: string | undefined) => (path === undefined ? undefined : absolute(path));
  return {
    ...config,
    server: {
      ...config.server,
      tls: config.server.tls && {
        certificate: absolute(config.server.tls.certificate),
        key: absolute(config.server.tls.key),
        clientCa: optional(config.server.tls.clientCa),
      },
    },
    contracts: config.contracts.map((source) =>
      'folder' in source
        ? { folder: absolute(source.folder) }
        : { descriptorSet: absolute(source.descriptorSet) },
    ),
    auth: withAbsoluteAuthPaths(config.auth, absolute),
    assets: config.assets.map((asset) => ({ ...asset, folder: absolute(asset.folder) })),
    upstreams: Object.fromEntries(
      Object.entries(config.upstreams).map(([name, { tls, discovery, metadata, ...upstream }]) => [
        name,
        {
          ...upstream,
          metadata: Object.fromEntries(
            Object.entries(metadata).map(([key, value]) => [
              key,
              typeof value === 'object' && 'file' in value
                ? { ...value, file: absolute(value.file) }
                : value,
            ]),
          ),
          ...(tls && {
            tls: {
              ...tls,
              ca: optional(tls.ca),
              certificate: optional(tls.certificate),
              key: optional(tls.key),
            },
          }),
          ...(discovery && {
            discovery:
              'file' in discovery ? { ...discovery, file: absolute(discovery.file) } : discovery,
          }),
        },
      ]),
    ),
  };
}

function withAbsoluteAuthPaths(
  auth: Config['auth'],
  absolute: (path: string) => string,
): Config['auth'] {
  const { builtIn, audit } = auth;
  return {
    ...auth,
    issuers: auth.issuers.map((issuer) =>
      'file' in issuer.keys ? { ...issuer, keys: { file: absolute(issuer.keys.file) } } : issuer,
    ),
    builtIn: builtIn && {
      ...builtIn,
      userFile: builtIn.userFile && absolute(builtIn.userFile),
      store:
        typeof builtIn.store === 'object' && 'sqlite' in builtIn.store
          ? { sqlite: absolute(builtIn.store.sqlite) }
          : builtIn.store,
    },
    audit: { ...audit, file: audit.file && { ...audit.file, path: absolute(audit.file.path) } },
  };
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
