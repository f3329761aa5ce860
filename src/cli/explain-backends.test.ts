import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ConfigTree } from '../config/environment.ts';
import { toConfig } from '../config/load-config.ts';
import { loadContracts } from '../contract/load-contracts.ts';
import { explainBackends } from './explain-backends.ts';

const PROTO = join(import.meta.dirname, '..', '..', 'proto');
const snapshot = await loadContracts([{ folder: PROTO }]);

function explain(upstreams: ConfigTree, sections: ConfigTree = {}): string {
  const tree = { contracts: [{ folder: PROTO }], upstreams, ...sections };
  const text = explainBackends(snapshot, toConfig(tree, { file: 'weir.yaml', folder: '/' }));
  return text
    .split('\n')
    .map((line) => line.trim().replace(/ {2,}/g, ' | '))
    .join('\n');
}

test('every default is said', () => {
  const text = explain({ market: { endpoints: ['10.0.0.1:1', 'unix:/run/b.sock'] } });
  expect(text).toContain(
    [
      'Upstream "market":',
      'endpoints | 10.0.0.1:1, unix:/run/b.sock',
      'connections | plaintext by http2, opened ahead of calls, with 5 s to connect, lost after 300 s of silence and 20 s without an answer to PING',
      'balancing | the less busy of two at random; all are asked when under 50 % look healthy',
      'breaker | opens after 5 failures in a row or 50 % of at least 20 calls in 10 s; for 1 s, doubling to 10 s; 3 probes, then a ramp of 10 s',
      'outliers | each 10 s those that fail more than their peers, from 5 endpoints with 100 calls on; out for 30 s to 300 s, at most 10 % of them',
      'health | judged by calls alone',
      'retries | at most 20 % of the calls, and 10 a second beside',
      'in flight | no limit but the gateway’s own',
    ].join('\n'),
  );
});

test('contract and ceilings are joined for each method', () => {
  const text = explain({
    market: { endpoints: ['10.0.0.1:1'] },
    orders: { endpoints: ['10.0.0.2:1'], maxTimeout: '1500ms' },
  });
  expect(text).toContain(
    'market.v1.quoteService.getQuote | 2 s | 3 attempts on UNAVAILABLE, 25 ms to 250 ms apart | default | an error',
  );
  expect(text).toMatch(
    /market\.v1\.quoteService\.listInstruments .* an old answer for 600 s, then an error/,
  );
  expect(text).toMatch(
    /market\.v1\.quoteService\.watchQuotes \| 86400 s \| 3 attempts on UNAVAILABLE, .*, before the first message/,
  );
  expect(text).toMatch(/orders\.v1\.orderService\.placeOrder \| 1.5 s \| only what never left/);
});

test.each<[string, ConfigTree, string]>([
  [
    'DNS',
    { discovery: { dns: { name: 'm.svc', port: 50_051 } } },
    'A and AAAA of m.svc, port 50051, again after 1 s to 30 s; who leaves has 30 s to finish',
  ],
  ['SRV', { discovery: { dns: { name: '_grpc._tcp.m.svc' } } }, 'SRV of _grpc._tcp.m.svc, again'],
  ['a file', { discovery: { file: '/e.yaml' } }, 'those in /e.yaml, as it changes'],
  [
    'health by gRPC',
    { healthCheck: { service: 'market' } },
    'grpc.health.v1 of market, by Watch and each 5 s with 1 s to answer; out after 2 bad, back after 2 good',
  ],
  [
    'health by HTTP',
    { healthCheck: { http: { path: '/up', port: 8080 } } },
    'GET /up on port 8080, each 5 s',
  ],
  [
    'health by HTTP/2 where calls go',
    { tls: {}, healthCheck: { http: { path: '/up', version: 2 } } },
    'GET /up by HTTP/2 with TLS, each 5 s',
  ],
  [
    'balancing',
    {
      balancing: {
        policy: 'roundRobin',
        zone: 'a',
        split: [{ version: 'v2', percent: 5 }],
        slowStart: '10s',
        panicThreshold: 0,
      },
    },
    'balancing | in turn; in zone a while 70 % of it serve; 5 % to v2; new ones gradually over 10 s',
  ],
  [
    'mutual TLS by grpc-js',
    { transport: 'grpc-js', connectAhead: false, tls: { certificate: 'c', key: 'k' } },
    'connections | mutual TLS by grpc-js, opened with the first call',
  ],
  [
    'adaptive concurrency',
    { adaptiveConcurrency: { max: 500 } },
    'in flight | from 100, between 10 and 500 by what is answered in good time',
  ],
  [
    'a breaker for each service',
    { serviceBreaker: {} },
    'services | each held back alone for 1 s to 5 s once 90 % of 20 calls failed',
  ],
  [
    'a queue',
    { queue: { maxInFlight: 50 } },
    'in flight | at most 50 at each endpoint; 100 more wait up to 1 s',
  ],
])('%s', (_, upstream, expected) => {
  const found = 'discovery' in upstream ? {} : { endpoints: ['10.0.0.1:1'] };
  expect(explain({ market: { ...found, ...upstream } })).toContain(expected);
});

test('an upstream that no method asks for is named', () => {
  expect(explain({ spare: { endpoints: ['10.0.0.1:1'] } })).toContain(
    'Upstream "spare", which no method asks for:',
  );
});
