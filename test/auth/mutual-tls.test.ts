import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrivalOf, type Backends, startBackends } from '../support/backends.ts';
import type { GatewayProcess } from '../support/gateway.ts';
import { type JwksServer, startJwksServer } from './support/jwks-server.ts';
import { GET_QUOTE, LIST, startSecuredGateway } from './support/secured-gateway.ts';
import { createTestKey } from './support/test-issuer.ts';

/** TLS that ends at Weir, and services that sign in with their certificates. */

let folder: string;
let backends: Backends;
let jwks: JwksServer;
let gateway: GatewayProcess;

const at = (name: string) => join(folder, name);
const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });

function createAuthority(name: string): void {
  openssl(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`), '-subj', `/CN=${name}`],
    ...['-days', '2'],
  );
}

function createCertificate(name: string, authority: string, alternative: string): void {
  openssl(
    ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-keyout', at(`${name}.key`), '-out', at(`${name}.csr`), '-subj', `/CN=${name}`],
  );
  writeFileSync(at(`${name}.ext`), `subjectAltName=${alternative}\n`);
  openssl(
    ...['x509', '-req', '-in', at(`${name}.csr`), '-CA', at(`${authority}.pem`)],
    ...['-CAkey', at(`${authority}.key`), '-CAcreateserial', '-days', '2'],
    ...['-extfile', at(`${name}.ext`), '-out', at(`${name}.pem`)],
  );
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-tls-'));
  createAuthority('ours');
  createAuthority('theirs');
  createCertificate('server', 'ours', 'IP:127.0.0.1');
  createCertificate('feed', 'ours', 'URI:spiffe://desk/feed');
  createCertificate('stranger', 'ours', 'URI:spiffe://desk/stranger');
  createCertificate('impostor', 'theirs', 'URI:spiffe://desk/feed');
  jwks = await startJwksServer([await createTestKey('ES256', 'k1')]);
  backends = await startBackends();
  gateway = await startSecuredGateway(backends, jwks.url, {
    server: {
      tls: { certificate: at('server.pem'), key: at('server.key'), clientCa: at('ours.pem') },
    },
    auth: {
      certificates: [{ match: { uri: 'spiffe://desk/feed' }, subject: 'feed', roles: ['trader'] }],
    },
  });
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
  await jwks.close();
  rmSync(folder, { recursive: true });
});

function ask(certificate: string | undefined, path: string, tag = '') {
  const client =
    certificate === undefined
      ? {}
      : {
          cert: readFileSync(at(`${certificate}.pem`)),
          key: readFileSync(at(`${certificate}.key`)),
        };
  return new Promise<{ status: number }>((resolve, reject) => {
    request(
      `${gateway.trpcUrl}/${path}`,
      { ca: readFileSync(at('ours.pem')), headers: { 'x-test-tag': tag }, agent: false, ...client },
      (response) => {
        response.resume();
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
          }),
        );
      },
    )
      .once('error', reject)
      .end();
  });
}

test('a service signs in with its certificate', async () => {
  const tag = crypto.randomUUID();
  expect((await ask('feed', LIST)).status).toBe(200);
  const input = encodeURIComponent('{"symbol":"AAPL"}');
  expect((await ask('feed', `${GET_QUOTE}?input=${input}`, tag)).status).toBe(200);
  const { metadata } = await arrivalOf(backends.market, tag);
  expect(metadata).toMatchObject({
    'x-weir-subject': ['feed'],
    'x-weir-issuer': ['weir:certificate'],
  });
});

test.each([
  ['no certificate', undefined],
  ['a certificate that is nobody’s', 'stranger'],
  ['the right name by the wrong authority', 'impostor'],
])('%s is refused', async (_what, certificate) => {
  expect((await ask(certificate, LIST)).status).toBe(401);
});
