import { existsSync } from 'node:fs';
import { createAccessRules } from '../auth/access-rules.ts';
import { createRoleTable } from '../auth/create-auth.ts';
import { toTrustedIssuer } from '../auth/trusted-issuers.ts';
import { loadConfig } from '../config/load-config.ts';
import type { AuthConfig, Config } from '../config/schema.ts';
import { loadContracts } from '../contract/load-contracts.ts';
import { createServerTls } from '../inbound/server-tls.ts';
import { createCacheRules } from '../pipeline/caller-cost.ts';
import { requireKnownNames } from '../pipeline/require-known-names.ts';
import { requireRedis } from '../pipeline/require-redis.ts';
import { requireUpstreams } from '../procedures/create-procedures.ts';
import { createMetadataRules } from '../procedures/metadata-rules.ts';
import { createSecurity } from '../upstream/security/create-security.ts';
import { requireSoundRules } from '../validation/require-sound-rules.ts';
import { explainBackends } from './explain-backends.ts';
import { explainCost } from './explain-cost.ts';
import { explainUncarried } from './explain-uncarried.ts';

/** `weir check`: reads the configuration and the contracts as `serve` would, and serves nothing. */
export async function check(configFile: string): Promise<void> {
  const config = loadConfig(configFile);
  const snapshot = await loadContracts(config.contracts);
  requireUpstreams(snapshot, new Map(Object.entries(config.upstreams)));
  requireKnownNames(snapshot, config);
  await requireSoundRules(snapshot);
  // Opens nothing and asks nobody, but refuses roles and issuers that cannot work.
  const auth = requireSoundAuth(config.auth);
  requireRedis(config);
  requireSoundSecurity(config.upstreams);
  if (config.server.tls !== undefined) createServerTls(config.server.tls).stop();
  createMetadataRules(config.metadata);
  createCacheRules(snapshot, config);
  const cost = explainCost(snapshot, config);
  const services = new Set(
    [...snapshot.methods.values()].map((method) => method.descriptor.parent),
  );
  console.log(
    `${configFile} is in order: ${counted(services.size, 'service')}, ${counted(snapshot.methods.size, 'method')}, ${counted(Object.keys(config.upstreams).length, 'upstream')}.`,
  );
  console.log(`\n${cost}`);
  console.log(`\n${explainBackends(snapshot, config)}`);
  const uncarried = explainUncarried(snapshot.methods.values());
  if (uncarried !== undefined) console.log(`\n${uncarried}`);
  // They are often built after the configuration is checked, so this is no error here.
  const missing = config.assets.filter(({ folder }) => !existsSync(folder));
  if (missing.length > 0) {
    const lines = missing.map(({ path, folder }) => `  ${path} from ${folder}`);
    console.log(
      `\nThese folders of assets are not there, and serve needs them:\n${lines.join('\n')}`,
    );
  }
  const undeclared = [...snapshot.methods.values()].filter(
    (method) => auth.accessOf(method) === undefined,
  );
  if (undeclared.length === 0) return;
  console.log(
    `\nNobody may call these, for neither their contract nor auth.access says who may:\n${undeclared
      .map(({ path }) => `  ${path}`)
      .join('\n')}`,
  );
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** Reads every certificate and credential for backends once. */
function requireSoundSecurity(upstreams: Config['upstreams']): void {
  const events = { securityRenewed: () => {}, securityFailed: () => {} };
  for (const upstream of Object.values(upstreams)) createSecurity(upstream, events).stop();
}

function requireSoundAuth(auth: AuthConfig) {
  for (const issuer of auth.issuers) toTrustedIssuer(issuer, () => {});
  return createAccessRules({
    mode: auth.mode,
    roles: createRoleTable(auth.roles),
    overrides: auth.access,
  });
}
