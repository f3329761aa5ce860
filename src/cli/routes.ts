import { createAccessRules } from '../auth/access-rules.ts';
import { RoleTable } from '../auth/role-table.ts';
import { loadConfig } from '../config/load-config.ts';
import { loadContracts } from '../contract/load-contracts.ts';
import type { Method } from '../contract/method.ts';
import type { Access } from '../contract/policy.ts';
import { requireKnownNames } from '../pipeline/require-known-names.ts';
import { createQuestion } from './as-caller.ts';
import { formatTable } from './table.ts';

/**
 * `weir routes`: every procedure with its kind, its upstream and who may call it; with a role, whether
 * a caller who has just that one may.
 */
export async function routes(configFile: string, asRole?: string): Promise<void> {
  const config = loadConfig(configFile);
  const snapshot = await loadContracts(config.contracts);
  requireKnownNames(snapshot, config);
  const { accessOf } = createAccessRules({
    mode: config.auth.mode,
    roles: new RoleTable({}),
    overrides: config.auth.access,
  });
  const mayCall = asRole === undefined ? undefined : createQuestion(config.auth, asRole);
  const rows = [...snapshot.methods.values()].map((method) => [
    method.path,
    describeKind(method),
    method.upstream,
    describeAccess(accessOf(method)),
    ...(mayCall === undefined ? [] : [mayCall(method)]),
  ]);
  const head = ['path', 'kind', 'upstream', 'access'];
  console.log(formatTable(asRole === undefined ? head : [...head, `as ${asRole}`], rows));
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
  if (access === undefined) return 'nobody';
  if (access.rule === 'roles') return `roles: ${access.names.join(', ')}`;
  if (access.rule === 'permissions') return `permissions: ${access.names.join(', ')}`;
  return access.rule;
}
