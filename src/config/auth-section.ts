import { z } from 'zod';
import { ALGORITHMS } from '../lib/signature-algorithm.ts';
import { byteSize, count, duration, namedOnce, pause, period, span } from './units.ts';

const names = z.array(z.string().min(1, 'expected a name'));

/** An access rule as it stands in the file: `public`, `authenticated`, `{roles: […]}`, `{permissions: […]}`. */
const accessRule = z
  .union(
    [
      z.enum(['public', 'authenticated']),
      z.strictObject({ roles: names.min(1, 'expected at least one role') }),
      z.strictObject({ permissions: names.min(1, 'expected at least one permission') }),
    ],
    'expected public, authenticated, {roles: [...]} or {permissions: [...]}',
  )
  .transform((rule) => {
    if (typeof rule === 'string') return { rule } as const;
    if ('roles' in rule) return { rule: 'roles', names: rule.roles } as const;
    return { rule: 'permissions', names: rule.permissions } as const;
  });

const keys = z.union(
  [
    z.strictObject({
      /** Where the issuer publishes its JWK Set. Plain `http:` is for loopback addresses only. */
      url: z
        .url('expected a URL')
        .refine(
          (url) => /^(https:|http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/])/.test(url),
          'expected an https: URL; keys that arrive in the clear can be replaced on the way',
        ),
      maxAge: pause().prefault('10m'),
      /** The least time between two reads asked for by an unknown key id. */
      cooldown: pause().prefault('5s'),
      /** How long a set serves on while the issuer cannot be reached. */
      stale: pause().prefault('1h'),
    }),
    z.strictObject({ file: z.string() }),
    /** Shared by issuer and gateway; at least as many bytes as the hash has. */
    z.strictObject({ secret: z.string().min(32, 'expected at least 32 characters') }),
  ],
  'expected {url: address of a JWK Set}, {file: path of one} or {secret: text}',
);

const trustedIssuer = z.strictObject({
  /** Compared with `iss` byte by byte. */
  issuer: z.string().min(1, 'expected the "iss" of its tokens'),
  audiences: names.min(1, 'expected at least one "aud" that names this gateway'),
  algorithms: z.array(z.enum(ALGORITHMS)).min(1, 'expected at least one algorithm'),
  keys,
  clockSkew: duration()
    .refine((ms) => ms <= 600_000, 'expected at most "10m"; more would let expired tokens live on')
    .prefault('30s'),
  /** Accepted `typ`; an empty text allows a token without one. */
  types: z.array(z.string()).default(['at+jwt', 'jwt', '']),
  /** Path with dots, for example `realm_access.roles`. */
  rolesClaim: z.string().default('roles'),
  permissionsClaim: z.string().default('scope'),
  /** The issuer's names → ours; names that are not listed grant nothing. */
  roleNames: z.record(z.string(), z.string()).optional(),
});

const role = z.strictObject({ permissions: names.default([]), inherits: names.default([]) });

const moment = z.iso
  .datetime({ offset: true, error: 'expected a moment such as "2027-01-31T00:00:00Z"' })
  .transform((text) => Date.parse(text));

const apiKey = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'expected letters, digits and dashes'),
  /** What `weir api-key <id>` prints beside the key. */
  digest: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'expected the digest that `weir api-key` prints'),
  subject: z.string().min(1, 'expected a name'),
  roles: names.default([]),
  permissions: names.default([]),
  expires: moment.optional(),
});

const certificate = z.strictObject({
  match: z.union(
    [
      z.strictObject({ uri: z.string() }),
      z.strictObject({ dns: z.string() }),
      z.strictObject({ commonName: z.string() }),
      z.strictObject({ fingerprint256: z.string() }),
    ],
    'expected {uri: …}, {dns: …}, {commonName: …} or {fingerprint256: …}',
  ),
  subject: z.string().min(1, 'expected a name'),
  roles: names.default([]),
  permissions: names.default([]),
});

const user = z.strictObject({
  name: z.string().min(1).max(256, 'expected at most 256 characters'),
  passwordHash: z
    .string()
    .regex(
      /^\$argon2id\$v=19\$m=\d{1,7},t=\d{1,3},p=\d{1,3}\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/,
      'expected what `weir user hash` prints, which begins with $argon2id$',
    ),
  roles: names.default([]),
  disabled: z.boolean().default(false),
});

/** Weir as its own identity provider. */
const builtIn = z.strictObject({
  issuer: z.string().default('weir'),
  audience: z.string().default('weir'),
  users: z.array(user).superRefine(namedOnce('name')).default([]),
  /** SQLite file with more users, kept by `weir user`. */
  userFile: z.string().optional(),
  /** `memory` and `sqlite` serve one instance; `redis`, as the section of that name says, several. */
  store: z
    .union(
      [z.enum(['memory', 'redis']), z.strictObject({ sqlite: z.string() })],
      'expected memory, redis or {sqlite: path}',
    )
    .default('memory'),
  accessTokenTtl: period().prefault('5m'),
  sessionTtl: span().prefault('12h'),
  /** Each key stays published for as long again after it signed. */
  rotateKeysEvery: period().prefault('24h'),
  login: z
    .strictObject({
      attemptsPerAccount: count().default(10),
      attemptsPerAddress: count().default(100),
      window: period().prefault('15m'),
    })
    .prefault({}),
  cookies: z
    .strictObject({
      /** Off only for development over plain HTTP on another host than localhost. */
      secure: z.boolean().default(true),
      domain: z.string().optional(),
    })
    .prefault({}),
});

const toBackend = z.strictObject({
  /**
   * `metadata`: `x-weir-subject`, `x-weir-issuer` and `x-weir-roles` as text; `token`: a JWT signed by
   * Weir for this upstream in `x-weir-identity`; `none`: nothing.
   */
  identity: z.enum(['metadata', 'token', 'none']).default('metadata'),
  /** Whether the caller's own token travels on in `authorization`. */
  forwardToken: z.boolean().default(false),
});

const audit = z
  .strictObject({
    stdout: z.boolean().default(false),
    file: z
      .strictObject({
        path: z.string(),
        maxSize: byteSize().prefault('64MiB'),
        keep: count().default(10),
      })
      .optional(),
    /** How many refusals of one network and one action are written; those above are counted in a line. */
    refusals: z
      .strictObject({
        perNetwork: count().default(60),
        window: period().prefault('1m'),
      })
      .prefault({}),
  })
  .prefault({});

/** Who may call. Without the section only methods that the contract calls public can be called. */
export const authSection = z
  .strictObject({
    /** `off` lets everybody call everything: for development. */
    mode: z.enum(['on', 'off']).default('on'),
    issuers: z.array(trustedIssuer).superRefine(namedOnce('issuer')).default([]),
    builtIn: builtIn.optional(),
    roles: z.record(z.string(), role).default({}),
    /** Rules for this deployment, by `package.Service/Method` or `package.Service/*`. */
    access: z
      .record(
        z
          .string()
          .regex(/^[\w.]+\/(\w+|\*)$/, 'expected "package.Service/Method" or "package.Service/*"'),
        accessRule,
      )
      .default({}),
    apiKeys: z.array(apiKey).superRefine(namedOnce('id')).default([]),
    /** Client certificates, where `server.tls` asks for them. */
    certificates: z.array(certificate).default([]),
    /** How each upstream is told who calls; by the name under `upstreams`. */
    toBackend: z.record(z.string(), toBackend).default({}),
    maxTokenSize: byteSize().prefault('8KiB'),
    /** Addresses that show wrong credentials; beyond this they are refused without a look. Counted over all gateways with `redis`. */
    failures: z
      .strictObject({
        /** High, because a site may be one address; a token that served before serves on from there. */
        perAddress: count().default(300),
        window: period().prefault('1m'),
      })
      .prefault({}),
    ticketTtl: period().prefault('30s'),
    audit,
  })
  .refine(({ issuers, builtIn }) => !issuers.some(({ issuer }) => issuer === builtIn?.issuer), {
    path: ['builtIn', 'issuer'],
    error: 'expected a name that none of `issuers` has',
  })
  .prefault({});
