import type { Config } from '../config/schema.ts';
import type { ContractSnapshot } from '../contract/snapshot.ts';
import { nearestName } from '../lib/nearest-name.ts';
import { UserError } from '../lib/user-error.ts';

/**
 * Names in the configuration that nothing bears. A rule for a misspelt method would close nothing, and
 * nobody would hear of it.
 * @throws UserError that lists each with its setting and what was probably meant.
 */
export function requireKnownNames(
  { methods }: Pick<ContractSnapshot, 'methods'>,
  { auth, telemetry, upstreams }: Pick<Config, 'auth' | 'telemetry' | 'upstreams'>,
): void {
  const rpcs = [...methods.values()].map(({ rpcPath }) => rpcPath.slice(1));
  const services = new Set(rpcs.map((rpc) => `${rpc.slice(0, rpc.indexOf('/'))}/*`));
  const problems = [
    ...unknown('auth.access', auth.access, [...services, ...rpcs], 'method or service'),
    ...unknown('auth.toBackend', auth.toBackend, Object.keys(upstreams), 'upstream'),
    ...unknown(
      'telemetry.traces.methods',
      telemetry.traces?.methods,
      [...methods.keys()],
      'procedure',
    ),
  ];
  if (problems.length > 0)
    throw new UserError('The configuration speaks of what is not there:', problems);
}

function unknown(
  setting: string,
  given: Readonly<Record<string, unknown>> = {},
  known: readonly string[],
  kind: string,
): string[] {
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const nearest = nearestName(name, known);
      const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
      return `${setting}: there is no ${kind} "${name}"${hint}`;
    });
}
