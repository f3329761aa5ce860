import type { AuthConfig, RedisConfig } from '../config/schema.ts';
import { UserError } from '../lib/user-error.ts';
import type { Log } from '../telemetry/log.ts';
import type { RedisMeter } from '../telemetry/metrics/redis-meter.ts';
import { type AccessRules, createAccessRules } from './access-rules.ts';
import { createAuditFile, createAuditStdout, requireAuditFile } from './audit-file.ts';
import { type AuditLog, type AuditSink, createAuditLog } from './audit-log.ts';
import { type AuthStores, openAuthStores } from './auth-stores.ts';
import { type Authenticator, createAuthenticator } from './authenticator.ts';
import { type BackendIdentity, createBackendIdentity } from './backend-identity.ts';
import { createApiKeyVerifier } from './credentials/api-keys.ts';
import { createTickets, type Tickets } from './credentials/tickets.ts';
import { ExpiryQueue } from './expiry-queue.ts';
import { FailedAttempts } from './failed-attempts.ts';
import { ANONYMOUS } from './identity.ts';
import { createIssuer, type Issuer } from './issuer/issuer.ts';
import { createLoginAttempts } from './issuer/login-attempts.ts';
import { createSigningKeys, SIGNING_ALGORITHM, type SigningKeys } from './issuer/signing-keys.ts';
import type { UserChange } from './issuer/user-changes.ts';
import { jose } from './jose.ts';
import { LiveAccess } from './revocation/live-access.ts';
import { RoleTable } from './role-table.ts';
import { thinRefusals } from './thin-refusals.ts';
import { createTokenMemory } from './token/token-memory.ts';
import type { TrustedIssuer } from './token/trusted-issuer.ts';
import { createTokenVerifier } from './token/verify-token.ts';
import { toTrustedIssuer } from './trusted-issuers.ts';
import { openUsers, type Users } from './users.ts';

/** Everything about who calls and what they may, put together from the configuration. */
export interface Auth {
  readonly authenticate: Authenticator;
  readonly access: LiveAccess;
  readonly rules: AccessRules;
  readonly roles: RoleTable;
  readonly toBackend: BackendIdentity;
  readonly tickets: Tickets;
  readonly keys: SigningKeys;
  /** Undefined where Weir is not its own identity provider. */
  readonly issuer: Issuer | undefined;
  readonly audit: AuditLog;
  readonly failures: FailedAttempts;
  /** Of its own connection; undefined where it has none. */
  readonly redis: RedisMeter | undefined;
  /** Begins to hear other instances and `weir user`. */
  start(): Promise<void>;
  close(): Promise<void>;
}

const DEFAULT_ISSUER = 'weir';
const DAY_MS = 86_400_000;

/**
 * @param memory where it is shared with other processes.
 * @throws UserError where the settings contradict each other.
 */
export function createAuth(
  config: AuthConfig,
  redis: RedisConfig | undefined,
  log: Log,
  memory?: AuthStores,
): Auth {
  const { builtIn } = config;
  // At start, so that the first caller with a token need not wait for it.
  if (config.mode === 'on' && (builtIn !== undefined || config.issuers.length > 0)) jose();
  if (config.mode === 'off') {
    log.warn('access control is off: everybody may call everything (auth.mode)');
  }
  const warn = (what: string) => (error: unknown) => log.warn({ err: error }, what);
  const audit = createAudit(config, warn('the audit file cannot be written'));
  // Before any connection, which would keep a process alive that cannot open its file.
  const users = builtIn && openUsers(builtIn);
  const store = builtIn?.store ?? 'memory';
  // Where nothing is asked nobody fails, and only what the store needs is opened.
  const storedIn = config.mode === 'off' && store !== 'redis' ? undefined : redis;
  const stores = openAuthStores(store, storedIn, warn('Redis cannot be asked'), memory);
  const roles = createRoleTable(config.roles);
  const expiry = new ExpiryQueue();
  const access = new LiveAccess(stores.feed, expiry);
  const keys = createSigningKeys({
    store: stores.keys,
    rotateEveryMs: builtIn?.rotateKeysEvery ?? DAY_MS,
  });
  const issuer = builtIn && users && createBuiltIn(builtIn, users);
  const trusted = config.issuers.map((trustedIssuer) =>
    toTrustedIssuer(trustedIssuer, warn(`the keys of ${trustedIssuer.issuer} cannot be read`)),
  );
  const verify = createTokenVerifier({
    issuers: builtIn === undefined ? trusted : [...trusted, toOwnIssuer(builtIn, keys)],
    maxTokenBytes: config.maxTokenSize,
  });
  const tickets = createTickets({ store: stores.tickets, ttlMs: config.ticketTtl });
  const failures = new FailedAttempts({
    perAddress: config.failures.perAddress,
    windowMs: config.failures.window,
    shared: stores.failures,
  });
  const authenticate = createAuthenticator({
    tokens: createTokenMemory({ verify }),
    apiKeys: createApiKeyVerifier(
      config.apiKeys.map(({ expires, ...key }) => ({ ...key, expiresAtMs: expires })),
    ),
    tickets,
    certificates: config.certificates,
    access,
    failures,
  });

  function createBuiltIn(own: NonNullable<AuthConfig['builtIn']>, store: Users): Issuer {
    return createIssuer({
      issuer: own.issuer,
      audience: own.audience,
      users: () => store,
      sessions: stores.sessions,
      keys,
      attempts: createLoginAttempts({
        counter: stores.attempts,
        perAccount: own.login.attemptsPerAccount,
        perAddress: own.login.attemptsPerAddress,
        windowMs: own.login.window,
      }),
      access,
      accessTokenTtlMs: own.accessTokenTtl,
      sessionTtlMs: own.sessionTtl,
    });
  }

  function onUserChange(change: UserChange): void {
    const done =
      change.kind === 'signedOut'
        ? issuer?.endAllSessions(change.name)
        : issuer?.announceRoles(change.name, change.roles);
    done?.catch(warn('a change of a user could not be announced'));
    audit.record({
      action: change.kind === 'signedOut' ? 'user.signedOut' : 'user.rolesChanged',
      outcome: 'success',
      requestId: undefined,
      actor: 'weir user',
      address: undefined,
      target: change.name,
    });
  }

  return {
    // Where nothing is asked, a credential is not looked at either.
    authenticate: config.mode === 'off' ? () => ANONYMOUS : authenticate,
    access,
    roles,
    rules: createAccessRules({
      mode: config.mode,
      roles,
      overrides: config.access,
    }),
    toBackend: createBackendIdentity(config.toBackend, {
      issuer: builtIn?.issuer ?? DEFAULT_ISSUER,
      keys,
    }),
    tickets,
    keys,
    issuer,
    audit,
    failures,
    redis: stores.redis,
    async start() {
      await access.start();
      await users?.watch(onUserChange, warn('the user file cannot be read'));
    },
    async close() {
      expiry.close();
      users?.close();
      await access.close();
      await stores.close();
      await audit.close();
    },
  };
}

/** @throws UserError where roles inherit in a circle or from nowhere. */
export function createRoleTable(roles: AuthConfig['roles']): RoleTable {
  try {
    return new RoleTable(roles);
  } catch (cause) {
    throw new UserError(`auth.roles: ${cause instanceof Error ? cause.message : cause}`);
  }
}

function createAudit({ audit }: AuthConfig, onError: (error: unknown) => void): AuditLog {
  const { file, stdout, refusals } = audit;
  const sinks: AuditSink[] = stdout ? [createAuditStdout()] : [];
  if (file === undefined && !stdout) return createAuditLog(sinks);
  if (file !== undefined) {
    const { path, maxSize, keep } = file;
    requireAuditFile(path);
    sinks.push(createAuditFile({ path, maxBytes: maxSize, keep, onError }));
  }
  const { perNetwork, window: windowMs } = refusals;
  return thinRefusals(createAuditLog(sinks), { perNetwork, windowMs });
}

/** What Weir trusts of its own tokens: no skew, and nothing but access tokens. */
function toOwnIssuer(own: NonNullable<AuthConfig['builtIn']>, keys: SigningKeys): TrustedIssuer {
  return {
    issuer: own.issuer,
    audiences: [own.audience],
    algorithms: [SIGNING_ALGORITHM],
    keys: keys.source,
    types: ['at+jwt'],
    // Several instances have several clocks; one has the clock that wrote the token.
    clockSkewMs: own.store === 'redis' ? 2_000 : 0,
    rolesClaim: ['roles'],
    permissionsClaim: ['scope'],
    roleNames: undefined,
  };
}
