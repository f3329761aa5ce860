import { loadConfig } from '../config/load-config.ts';
import { loadContracts } from '../contract/load-contracts.ts';
import type { Method } from '../contract/method.ts';
import type { Access } from '../contract/policy.ts';
import { formatTable } from './table.ts';

/** `weir routes`: every procedure with its kind, its upstream and who may call it. */
export async function routes(configFile: string): Promise<void> {
  const config = loadConfig(configFile);
  const { methods } = await loadContracts(config.contracts);
  const rows = [...methods.values()].map((method) => [
    method.path,
    describeKind(method),
    method.upstream,
    describeAccess(method.policy.access),
  ]);
  console.log(formatTable(['path', 'kind', 'upstream', 'access'], rows));
}

const STREAM_KINDS = {
  unary: '',
  serverStreaming: ' (server stream)',
  clientStreaming: ' (client stream)',
  bidiStreaming: ' (bidirectional)',
} as const;

function describeKind(method: Method): string {
  return method.procedureType + STREAM_KINDS[method.kind];
}

export function describeAccess(access: Access | undefined): string {
  if (access === undefined) return 'not said';
  if (access.rule === 'roles') return `roles: ${access.names.join(', ')}`;
  if (access.rule === 'permissions') return `permissions: ${access.names.join(', ')}`;
  return access.rule;
}
