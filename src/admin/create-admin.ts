import type { IncomingMessage } from 'node:http';
import type { AuditLog } from '../auth/audit-log.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import type { RoleTable } from '../auth/role-table.ts';
import type { LogLevelChange } from '../config/log-section.ts';
import type { Config } from '../config/schema.ts';
import type { ContractSnapshot } from '../contract/snapshot.ts';
import type { Peer } from '../pipeline/call.ts';
import type { ModuleLogs } from '../telemetry/module-logs.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { createAdminAccess } from './admin-access.ts';
import { createAdminFront } from './admin-front.ts';
import { createAdminRelay, type RelayDuties } from './admin-relay.ts';
import { createLogLevelRoutes } from './log-levels.ts';
import { ofWorker, type RelayTo } from './of-worker.ts';
import { createProfileRoute } from './profile.ts';
import { createServicesRoute } from './services.ts';

export interface AdminSiblings extends RelayTo {
  /** Resolves once all of them write their logs so. */
  changeLogLevels(change: LogLevelChange): Promise<void>;
}

export interface AdminOptions {
  readonly config: Pick<Config, 'admin' | 'auth'>;
  readonly snapshot: Pick<ContractSnapshot, 'methods'>;
  readonly upstreams: () => Iterable<Pick<Upstream, 'name' | 'services' | 'read'>>;
  readonly logs: ModuleLogs;
  readonly authenticate: Authenticator;
  readonly roles: RoleTable;
  readonly audit: AuditLog;
  readonly peerOf: (request: IncomingMessage) => Peer;
  readonly requestIdOf: (request: IncomingMessage) => string;
  /** Where several processes serve as one gateway. */
  readonly siblings?: AdminSiblings | undefined;
}

export interface Admin {
  readonly handle: ReturnType<typeof createAdminFront>;
  /** What the other processes ask of this one. */
  readonly relay: RelayDuties;
}

/** Everything an operator may ask. */
export function createAdmin(options: AdminOptions): Admin {
  const { config, logs, siblings } = options;
  const workerRoutes = [
    createServicesRoute(options.snapshot, options.upstreams),
    createProfileRoute(),
  ];
  const handle = createAdminFront({
    ...options,
    access: createAdminAccess({ ...options, config: config.admin, authMode: config.auth.mode }),
    routes: [
      ...workerRoutes.map((each) => (siblings === undefined ? each : ofWorker(each, siblings))),
      ...createLogLevelRoutes(logs, siblings?.changeLogLevels),
    ],
    log: logs.root,
  });
  return { handle, relay: createAdminRelay(workerRoutes) };
}
