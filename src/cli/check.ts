import { loadConfig } from '../config/load-config.ts';
import { loadContracts } from '../contract/load-contracts.ts';
import { requireUpstreams } from '../procedures/create-procedures.ts';
import { requireSoundRules } from '../validation/require-sound-rules.ts';

/** `weir check`: reads the configuration and the contracts as `serve` would, and serves nothing. */
export async function check(configFile: string): Promise<void> {
  const config = loadConfig(configFile);
  const snapshot = await loadContracts(config.contracts);
  requireUpstreams(snapshot, new Map(Object.entries(config.upstreams)));
  requireSoundRules(snapshot);
  const services = new Set(
    [...snapshot.methods.values()].map((method) => method.descriptor.parent),
  );
  console.log(
    `${configFile} is in order: ${services.size} services, ${snapshot.methods.size} methods, ${Object.keys(config.upstreams).length} upstreams.`,
  );
}
