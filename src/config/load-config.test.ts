import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
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
    trpcPath: '/trpc',
    shutdownGrace: 10_000,
    drainJitter: 2_000,
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
    'no contracts',
    { upstreams: VALID.upstreams },
    'contracts: missing; expected a list such as [{folder: proto}]',
  ],
  [
    'a contract source of another kind',
    { ...VALID, contracts: [{ git: 'x' }] },
    'contracts[0]: expected {folder: path of .proto files} or {descriptorSet: path of a compiled set}, found {"git":"x"}',
  ],
])('%s', (_, tree, problem) => {
  expect(() => toConfig(tree, { file: 'weir.yaml', folder })).toThrow(
    `weir.yaml is not a valid configuration:\n  ${problem}`,
  );
});

test('every problem is reported, not only the first', () => {
  const tree = { ...VALID, server: { prot: 1, port: -1 } };
  expect(() => toConfig(tree, { file: 'weir.yaml', folder })).toThrow(
    /server\.port: expected 0 to 65535, found -1\n {2}server\.prot: no such setting/,
  );
});

test.each([
  ['list.yaml', '- a\n- b\n', 'expected a mapping at the top level'],
  ['broken.yaml', 'a: [1, 2\n', 'cannot be parsed'],
  ['broken.toml', 'a = = 1\n', 'cannot be parsed'],
  ['weir.json', '{}', 'a configuration is a .yaml, .yml or .toml file'],
])('%s is refused', (name, text, message) => {
  expect(() => loadConfig(write(name, text), {})).toThrow(message);
});

test('a missing file is named, and how to name another', () => {
  expect(() => loadConfig(join(folder, 'absent.yaml'), {})).toThrow(
    /absent\.yaml cannot be read: ENOENT.*Name another with --config\./,
  );
});
