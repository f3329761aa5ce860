import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { createCertificates, type Identity } from '../wire/certificates.ts';

/** Certificates of the gateway itself live for weeks, and it for longer. */

const certificates = createCertificates();
let folder: string;
let backends: Backends;
let gateway: GatewayProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-server-tls-'));
  install(certificates.server);
  const tls = { certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  backends = await startBackends();
  gateway = await startGateway(backends, { server: { tls } });
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
  rmSync(folder, { recursive: true });
});

function install({ cert, key }: Identity): void {
  writeFileSync(join(folder, 'tls.crt'), cert);
  writeFileSync(join(folder, 'tls.key'), key);
}

/** The common name that a new connection is shown. */
async function shownName(): Promise<unknown> {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return CN;
}

test('new connections are shown a renewed certificate, and the old one while files do not fit', async () => {
  const before = await shownName();
  install(certificates.otherServer);
  await gateway.child.waitFor(
    'the renewal',
    ({ msg }) => msg === 'certificates of the server renewed',
  );
  const renewed = await shownName();
  expect(renewed).not.toBe(before);

  writeFileSync(join(folder, 'tls.crt'), 'nothing');
  await gateway.child.waitFor('the refusal', ({ msg }) => /are of no use/.test(String(msg)));
  expect(await shownName()).toBe(renewed);
});
