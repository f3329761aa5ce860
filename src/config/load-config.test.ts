import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { UserError } from '../lib/user-error.ts';
import { loadConfig, toConfig } from './load-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const MINIMAL = `
contracts: [{ folder: proto }]
upstreams: { market: { endpoints: ["127.0.0.1:1"] } }
`;

test('fills in every default and makes paths absolute', () => {
  const config = loadConfig(write('minimal.yaml', MINIMAL), {});
  expect(config.contracts).toEqual([{ folder: join(folder, 'proto') }]);
  expect(config.server).toEqual({
    host: '127.0.0.1',
    port: 4000,
    trustedProxies: [],
    compressFrom: 8_192,
    trpcPath: '/trpc',
    shutdownGrace: 10_000,
    workers: 1,
    workerSilence: 30_000,
    drainJitter: 2_000,
    sse: { ping: 15_000 },
    webSocket: { ping: 30_000, pongWait: 10_000, firstFrame: 10_000, maxBatch: 500 },
  });
  expect(config.upstreams.market).toMatchObject({ maxReceiveMessage: 4_194_304 });
  expect(config.deadline).toEqual({ default: 10_000, max: 60_000, maxStream: 86_400_000 });
});

test('reads TOML as well', () => {
  const file = write(
    'minimal.toml',
    '[[contracts]]\nfolder = "proto"\n[upstreams.market]\nendpoints = ["127.0.0.1:1"]\n',
  );
  expect(loadConfig(file, {})).toEqual(loadConfig(write('same.yaml', MINIMAL), {}));
});

test('the environment overrides the file', () => {
  const config = loadConfig(write('environment.yaml', MINIMAL), {
    WEIR_SERVER__PORT: '0',
    WEIR_LIMITS__MAX_BODY: '2MiB',
    WEIR_METADATA__REQUEST: '[x-one, x-two]',
    WEIR_UPSTREAMS__MARKET__ENDPOINTS: '["[::1]:9"]',
    WEIR_HOME: 'not a setting',
    OTHER: 'ignored',
  });
  expect(config.server.port).toBe(0);
  expect(config.limits.maxBody).toBe(2_097_152);
  expect(config.metadata.request).toEqual(['x-one', 'x-two']);
  expect(config.upstreams.market?.endpoints).toEqual([
    { address: '[::1]:9', weight: 1, zone: '', version: '' },
  ]);
});

const HASH = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$dGFndGFndGFn';

const VALID = {
  contracts: [{ folder: 'proto' }],
  upstreams: { market: { endpoints: ['127.0.0.1:1'] } },
};

test.each([
  [
    'a misspelt section',
    { ...VALID, sever: { port: 1 } },
    'sever: no such setting; did you mean "server"?',
  ],
  [
    'a misspelt setting',
    { ...VALID, server: { prot: 1 } },
    'server.prot: no such setting; did you mean "port"?',
  ],
  [
    'a setting like no other',
    { ...VALID, deadline: { colour: 'red' } },
    'deadline.colour: no such setting; valid names: default, max, maxStream',
  ],
  [
    'a misspelt setting inside a list',
    { ...VALID, assets: [{ path: '/', floder: 'x', folder: 'y' }] },
    'assets[0].floder: no such setting; did you mean "folder"?',
  ],
  [
    'a port out of range',
    { ...VALID, server: { port: 70_000 } },
    'server.port: expected 0 to 65535, found 70000',
  ],
  [
    'a duration without unit',
    { ...VALID, deadline: { default: 5 } },
    'deadline.default: expected a duration with a unit, such as "250ms", "2s" or "5m", found 5',
  ],
  [
    'workers that would be killed for being busy',
    { ...VALID, server: { workers: 2, workerSilence: '200ms' } },
    'server.workerSilence: expected at least "1s", or "0s" for never, found "200ms"',
  ],
  [
    'a duration with a wrong unit',
    { ...VALID, deadline: { default: '5 seconds' } },
    'deadline.default: expected a duration with a unit, such as "250ms", "2s" or "5m", found "5 seconds"',
  ],
  [
    'a size without unit',
    { ...VALID, limits: { maxBody: 5 } },
    'limits.maxBody: expected a size with a unit, such as "512B", "64KiB" or "1MiB", found 5',
  ],
  [
    'inputs deeper than backends take',
    { ...VALID, limits: { maxDepth: 101 } },
    'limits.maxDepth: expected at most 100, because backends refuse more, found 101',
  ],
  [
    'a ttl that never ends',
    { ...VALID, cache: { negativeTtl: '5000d' } },
    'cache.negativeTtl: expected at most "3650d", found "5000d"',
  ],
  [
    'a quota over no time',
    { ...VALID, rateLimits: { quotas: [{ amount: 1, per: '0s' }] } },
    'rateLimits.quotas[0].per: expected a duration above zero, such as "1s", found "0s"',
  ],
  [
    'failures counted for longer than a timer can',
    { ...VALID, auth: { failures: { window: '25d' } } },
    'auth.failures.window: expected at most "24d", found "25d"',
  ],
  [
    'a skew that lets expired tokens live on',
    {
      ...VALID,
      auth: {
        issuers: [
          {
            issuer: 'x',
            audiences: ['x'],
            algorithms: ['ES256'],
            keys: { file: 'x' },
            clockSkew: '1h',
          },
        ],
      },
    },
    'auth.issuers[0].clockSkew: expected at most "10m"; more would let expired tokens live on, found "1h"',
  ],
  [
    'a misspelt choice',
    { ...VALID, log: { level: 'inof' } },
    'log.level: "inof" is not one of trace, debug, info, warn, error, silent; did you mean "info"?',
  ],
  [
    'an endpoint without port',
    { ...VALID, upstreams: { market: { endpoints: ['localhost'] } } },
    'upstreams.market.endpoints[0]: expected "host:port", "[ipv6]:port", "unix:/path", or {address, weight, zone, version}, found "localhost"',
  ],
  [
    'no endpoint',
    { ...VALID, upstreams: { market: { endpoints: [] } } },
    'upstreams.market.endpoints: expected at least one endpoint, found []',
  ],
  [
    'neither endpoints nor discovery',
    { ...VALID, upstreams: { market: {} } },
    'upstreams.market: expected either `endpoints` or `discovery`, found {}',
  ],
  [
    'a name server by name',
    {
      ...VALID,
      upstreams: { market: { discovery: { dns: { name: 'm', servers: ['ns.test'] } } } },
    },
    'upstreams.market.discovery.dns.servers[0]: expected the address of a name server, such as "10.0.0.2" or "10.0.0.2:5353", found "ns.test"',
  ],
  [
    'no contracts',
    { upstreams: VALID.upstreams },
    'contracts: missing; expected a list such as [{folder: proto}]',
  ],
  [
    'a contract source of another kind',
    { ...VALID, contracts: [{ git: 'x' }] },
    'contracts[0]: expected {folder: path of .proto files} or {descriptorSet: path of a compiled set}, found a mapping of git',
  ],
])('%s', (_, tree, problem) => {
  expect(() => toConfig(tree, { file: 'weir.yaml', folder })).toThrow(
    `weir.yaml is not a valid configuration:\n  ${problem}`,
  );
});

test.each([
  ['a text for a number', { server: { port: 'x' } }, 'server.port: expected a number, found "x"'],
  ['half a port', { server: { port: 1.5 } }, 'server.port: expected a whole number, found 1.5'],
  ['a list for a section', { server: [] }, 'server: expected a mapping, found []'],
  [
    'no time at all',
    { deadline: { max: '0s' } },
    'deadline.max: expected a duration above zero, such as "1s", found "0s"',
  ],
  [
    'a time that no timer can wait',
    { server: { shutdownGrace: '25d' } },
    'server.shutdownGrace: expected at most "24d", found "25d"',
  ],
  [
    'an export for which there is no time',
    { telemetry: { traces: { url: 'http://127.0.0.1:4318/v1/traces', timeout: '0s' } } },
    'telemetry.traces.timeout: expected a duration above zero, such as "1s", found "0s"',
  ],
  [
    'an export that would be made at once, as no timer waits so long',
    { telemetry: { traces: { url: 'http://127.0.0.1:4318/v1/traces', interval: '25d' } } },
    'telemetry.traces.interval: expected at most "24d", found "25d"',
  ],
  [
    'a preflight that no browser remembers for so long',
    { cors: { maxAge: '25h' } },
    'cors.maxAge: expected at most "24h"; Firefox remembers no longer, and Chromium for "2h", found "25h"',
  ],
  [
    'a hash that was cut',
    { auth: { builtIn: { users: [{ name: 'ada', passwordHash: '$argon2id$v=19$m=19456' }] } } },
    'auth.builtIn.users[0].passwordHash: expected what `weir user hash` prints, which begins with $argon2id$',
  ],
  [
    'a secret that YAML takes for a number',
    {
      auth: {
        issuers: [{ issuer: 'x', audiences: ['x'], algorithms: ['HS256'], keys: { secret: 1e31 } }],
      },
    },
    'auth.issuers[0].keys.secret: expected text',
  ],
  [
    'a share above one',
    { upstreams: { market: { endpoints: ['a:1'], balancing: { panicThreshold: 50 } } } },
    'upstreams.market.balancing.panicThreshold: expected at most 1, found 50',
  ],
  [
    'procedures where signing in is',
    { server: { trpcPath: '/api' } },
    'server.trpcPath: expected a path that nothing of /health, /admin, /api/v1/auth, /.well-known lies below, such as "/trpc", found "/api"',
  ],
  [
    'metrics where something else is',
    { telemetry: { metrics: { path: '/trpc/metrics' } } },
    'telemetry.metrics.path: expected a path where nothing else is, such as "/metrics", found "/trpc/metrics"',
  ],
  [
    'certificates that nobody is asked for',
    { auth: { certificates: [{ match: { dns: 'desk.example' }, subject: 'desk' }] } },
    'auth.certificates: expected `server.tls.clientCa`, without which no caller is asked for a certificate, found a list',
  ],
  [
    'two issuers of one name',
    {
      auth: {
        builtIn: { issuer: 'a' },
        issuers: [{ issuer: 'a', audiences: ['x'], algorithms: ['ES256'], keys: { file: 'k' } }],
      },
    },
    'auth.builtIn.issuer: expected a name that none of `issuers` has, found "a"',
  ],
  [
    'a breaker that would be closed again before the time given',
    { upstreams: { market: { endpoints: ['a:1'], breaker: { baseOpen: '30s' } } } },
    'upstreams.market.breaker: expected `baseOpen` <= `maxOpen`, found a mapping of baseOpen',
  ],
  [
    'the same for a service',
    {
      upstreams: {
        market: { endpoints: ['a:1'], serviceBreaker: { baseOpen: '2s', maxOpen: '1s' } },
      },
    },
    'upstreams.market.serviceBreaker: expected `baseOpen` <= `maxOpen`, found a mapping of baseOpen, maxOpen',
  ],
  [
    'the same for an outlier',
    { upstreams: { market: { endpoints: ['a:1'], outlierDetection: { baseEjection: '10m' } } } },
    'upstreams.market.outlierDetection: expected `baseEjection` <= `maxEjection`, found a mapping of baseEjection',
  ],
  [
    'a name that would be asked for sooner than allowed',
    { upstreams: { market: { discovery: { dns: { name: 'market', minRefresh: '1m' } } } } },
    'upstreams.market.discovery.dns: expected `minRefresh` <= `maxRefresh`, found a mapping of name, minRefresh',
  ],
  [
    'a hash of nothing',
    { upstreams: { market: { endpoints: ['a:1'], balancing: { policy: 'consistentHash' } } } },
    'upstreams.market.balancing.hash: missing; expected with consistentHash, such as {header: x-tenant} or {identity: true}',
  ],
  [
    'more than all calls',
    {
      upstreams: {
        market: {
          endpoints: ['a:1'],
          balancing: {
            split: [
              { version: 'v1', percent: 60 },
              { version: 'v2', percent: 60 },
            ],
          },
        },
      },
    },
    'upstreams.market.balancing.split: expected at most 100 per cent together, found a list',
  ],
  [
    'a section below an entry of a list, as TOML takes it',
    { contracts: [{ folder: 'proto', server: {} }] },
    'contracts[0].server: no such setting; valid names: folder, descriptorSet',
  ],
  [
    'a mount without a slash',
    { assets: [{ path: 'ui', folder: 'x' }] },
    'assets[0].path: expected a path such as "/" or "/docs", found "ui"',
  ],
  [
    'two users of one name',
    {
      auth: {
        builtIn: {
          users: [
            { name: 'ada', passwordHash: HASH },
            { name: 'ada', passwordHash: HASH },
          ],
        },
      },
    },
    'auth.builtIn.users[1].name: expected a name that no entry above it has, found "ada"',
  ],
  [
    'neither Redis nor sentinels',
    { redis: { prefix: 'x:' } },
    'redis: expected either `urls` or `sentinels` with `master`, found a mapping of prefix',
  ],
  [
    'sentinels of nothing',
    { redis: { sentinels: ['redis://10.0.0.5'] } },
    'redis.master: missing; expected with `sentinels`, and only there: the name that they know the primary by',
  ],
  [
    'a primary that is an address',
    { redis: { sentinels: ['redis://10.0.0.5'], master: 'redis://:hunter2@10.0.0.6:6379' } },
    'redis.master: expected the name that the sentinels know the primary by, such as "weir", or "rediss://user:password@weir", found "redis://...@10.0.0.6:6379"',
  ],
  [
    'sentinels that let in differently',
    { redis: { sentinels: ['redis://:a@s1', 'redis://:b@s2'], master: 'weir' } },
    'redis.sentinels: expected the same user, password and scheme for all sentinels, found a list',
  ],
  [
    'a misspelt setting of Redis',
    { redis: { urls: ['redis://a'], prefx: 'x:' } },
    'redis.prefx: no such setting; did you mean "prefix"?',
  ],
  [
    'a port that no host has',
    { upstreams: { market: { endpoints: ['a:70000'] } } },
    'upstreams.market.endpoints[0]: expected "host:port", "[ipv6]:port", "unix:/path", or {address, weight, zone, version}, found "a:70000"',
  ],
])('%s', (_, tree, problem) => {
  expect(() => toConfig({ ...VALID, ...tree }, { file: 'weir.yaml', folder })).toThrow(
    new UserError('weir.yaml is not a valid configuration:', [problem]),
  );
});

test.each([
  [{ urls: ['redis://a:1', 'redis://b:2'] }, { urls: ['redis://a:1', 'redis://b:2'] }],
  [
    { sentinels: ['redis://s1', 'redis://s2:5000'], master: 'weir' },
    { sentinels: ['redis://s1', 'redis://s2:5000'], master: 'weir' },
  ],
])('Redis at %o', (given, servers) => {
  const { redis } = toConfig({ ...VALID, redis: given }, { file: 'weir.yaml', folder });
  expect(redis).toEqual({ servers, timeout: 25, prefix: 'weir:' });
});

test.each([
  [
    'under its own name',
    { auth: { builtIn: { users: [{ name: 'a', passwordHash: 'hunter2' }] } } },
  ],
  ['within what should be a list', { auth: { issuers: { issuer: 'x', secret: 'hunter2' } } }],
  ['within what should be text', { server: { host: { password: 'hunter2' } } }],
  ['in the URL of Redis', { redis: { urls: ['redsi://weir:hunter2@cache:6379'] } }],
  ['in a URL of a wrong kind', { redis: { urls: 'rediss://:hunter2@cache' } }],
  [
    'in a header',
    { telemetry: { traces: { url: 'http://a', headers: { 'x-team': ['hunter2'] } } } },
  ],
])('a password in the wrong place is not repeated: %s', (_, tree) => {
  const read = () => toConfig({ ...VALID, ...tree }, { file: 'weir.yaml', folder });
  expect(read).toThrow('expected');
  expect(read).not.toThrow('hunter2');
});

test.each([
  [
    { WEIR_SERVR__PORT: '1' },
    '  servr: no such setting; did you mean "server"? (set by WEIR_SERVR__PORT)',
  ],
  [
    { WEIR_SERVER__PROT: '1' },
    '  server.prot: no such setting; did you mean "port"? (set by WEIR_SERVER__PROT)',
  ],
  [
    { WEIR_SERVER__PORT: 'x' },
    '  server.port: expected a number, found "x" (set by WEIR_SERVER__PORT)',
  ],
  [
    { WEIR_SERVER_PORT: '1' },
    '  WEIR_SERVER_PORT: no such setting; did you mean "WEIR_SERVER__PORT"?',
  ],
  [
    { WEIR_RATE_LIMITS_X: '1' },
    '  WEIR_RATE_LIMITS_X: no such setting; did you mean "WEIR_RATE_LIMITS__X"?',
  ],
  [
    { WEIR_SERVER__HOST: '[a' },
    'The environment cannot be read:\n  WEIR_SERVER__HOST: A quote, bracket, comma, colon or space is missing at line 1',
  ],
  [{ WEIR___PROTO____X: '1' }, ': no such setting'],
  [
    { WEIR_CONTRACTS__0__FOLDER: 'x' },
    '  contracts: expected a list such as [{folder: proto}], found a mapping of 0 (set by WEIR_CONTRACTS__0__FOLDER)',
  ],
])('the environment %j is refused by its name', (environment, problem) => {
  expect(() => loadConfig(write('refused.yaml', MINIMAL), environment)).toThrow(problem);
});

test('what Kubernetes says of services named after sections is left alone', () => {
  const environment = {
    WEIR_REDIS_SERVICE_HOST: '10.0.0.11',
    WEIR_REDIS_SERVICE_PORT: '6379',
    WEIR_REDIS_SERVICE_PORT_REDIS: '6379',
    WEIR_REDIS_PORT: 'tcp://10.0.0.11:6379',
    WEIR_REDIS_PORT_6379_TCP: 'tcp://10.0.0.11:6379',
    WEIR_REDIS_PORT_6379_TCP_PROTO: 'tcp',
    WEIR_REDIS_PORT_6379_TCP_PORT: '6379',
    WEIR_REDIS_PORT_6379_TCP_ADDR: '10.0.0.11',
  };
  const file = write('kubernetes.yaml', MINIMAL);
  expect(loadConfig(file, environment)).toEqual(loadConfig(file, {}));
});

test('a variable can bring a whole section', () => {
  const environment = { WEIR_LOG: '{ level: warn }' };
  expect(loadConfig(write('section.yaml', MINIMAL), environment).log.level).toBe('warn');
});

test.each([
  ['a section whose lines are all comments', 'server:\n  # port: 1\n'],
  ['a setting without a value', 'server:\n  port:\n'],
])('%s leaves the defaults', (_, yaml) => {
  expect(loadConfig(write('empty-value.yaml', `${MINIMAL}${yaml}`), {}).server.port).toBe(4000);
});

test('a second document is no part of the first', () => {
  const file = write('documents.yaml', `${MINIMAL}---\nlog: { level: debug }\n`);
  expect(() => loadConfig(file, {})).toThrow('There must be one document at line');
});

test('anchors and merge keys of YAML are understood', () => {
  const yaml = `
contracts: [{ folder: proto }]
upstreams:
  market: &common { endpoints: ["127.0.0.1:1"], maxTimeout: 2s }
  orders: { <<: *common, maxTimeout: 3s }
`;
  expect(loadConfig(write('merge.yaml', yaml), {}).upstreams.orders).toMatchObject({
    endpoints: [{ address: '127.0.0.1:1' }],
    maxTimeout: 3_000,
  });
});

test('every problem is reported, not only the first', () => {
  const tree = { ...VALID, server: { prot: 1, port: -1 } };
  expect(() => toConfig(tree, { file: 'weir.yaml', folder })).toThrow(
    /server\.port: expected 0 to 65535, found -1\n {2}server\.prot: no such setting/,
  );
});

const BOMB = [
  'a: &a [x, x]',
  ...[...'bcdefghijkl'].map(
    (each, index) => `${each}: &${each} [${`*${'abcdefghijk'[index]},`.repeat(9)}]`,
  ),
].join('\n');

test.each([
  ['list.yaml', '- a\n- b\n', 'expected a mapping at the top level'],
  ['broken.yaml', 'a: [1, 2\n', 'cannot be parsed'],
  ['empty.yaml', '', 'contracts: missing; expected a list such as [{folder: proto}]'],
  ['twice.yaml', 'log: {}\nlog: {}\n', 'Map keys must be unique at line 2, column 1'],
  ['tag.yaml', 'log: !secret x\n', 'A tag is not known; a value that begins with ! needs quotes'],
  ['bomb.yaml', BOMB, 'Excessive alias count'],
  ['proto.yaml', '__proto__: { port: 1 }\n', '__proto__: no such setting'],
  ['date.toml', 'server = 2027-01-31\n', 'server: expected a mapping, found "2027-01-31"'],
  ['twice.toml', 'a = 1\na = 2\n', 'trying to redefine an already defined'],
  ['broken.toml', 'a = = 1\n', 'cannot be parsed'],
  ['weir.json', '{}', 'a configuration is a .yaml, .yml or .toml file'],
])('%s is refused', (name, text, message) => {
  expect(() => loadConfig(write(name, text), {})).toThrow(message);
});

const SECRET = 'hunter2hunter2';

test.each([
  ['a quote that is missing', 'yaml', `password: "${SECRET}\nlog: {}`],
  ['a colon too many', 'yaml', `redis: password: ${SECRET}`],
  ['a tab', 'yaml', `redis:\n  password: ${SECRET}\n\turls: []`],
  ['two errors, the second beside a secret', 'yaml', `a: [1\npassword: "${SECRET}`],
  ['a value that is taken for a tag', 'yaml', `password: !${SECRET}`],
  ['a value that is taken for a tag without a suffix', 'yaml', `password: !${SECRET}!`],
  ['a value that is taken for a tag of a namespace', 'yaml', `password: !a!${SECRET}`],
  ['a value that is taken for an alias', 'yaml', `password: *${SECRET}`],
  ['a value that is taken for a block', 'yaml', `password: |${SECRET}`],
  ['a value that is taken for a directive', 'yaml', `%${SECRET}\n---\na: 1`],
  ['an escape that is none', 'yaml', `password: "\\xzz${SECRET}"`],
  ['a text behind a text', 'yaml', `password: "a" ${SECRET}`],
  ['a quote that is missing', 'toml', `password = "${SECRET}\n`],
  ['a text without quotes', 'toml', `[redis]\npassword = ${SECRET}\n`],
  ['an error in the next line', 'toml', `password = "${SECRET}"\na = = 1\n`],
])('what cannot be parsed is not repeated: %s, %s', (_, ending, text) => {
  const inFile = () => loadConfig(write(`secret.${ending}`, text), {});
  expect(inFile).toThrow(/cannot be parsed: .+ at line \d+, column \d+\.$/);
  expect(inFile).not.toThrow(SECRET);
  const inEnvironment = () =>
    loadConfig(write('minimal.yaml', MINIMAL), { WEIR_REDIS__PASSWORD: text });
  expect(inEnvironment).toThrow();
  expect(inEnvironment).not.toThrow(SECRET);
});

test('what bodies may hold together is no less than what one may', () => {
  const yaml = `${MINIMAL}\nlimits: { maxBody: 2MiB, maxUnfinished: 1MiB }\n`;
  expect(() => loadConfig(write('bodies.yaml', yaml), {})).toThrow(
    'limits.maxUnfinished: expected at least `maxBody`',
  );
});

test('a missing file is named, and how to name another', () => {
  expect(() => loadConfig(join(folder, 'absent.yaml'), {})).toThrow(
    /absent\.yaml cannot be read: ENOENT.*Name another with --config\./,
  );
});
