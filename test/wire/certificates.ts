import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Identity {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface Certificates {
  readonly ca: Buffer;
  /** For `localhost` and 127.0.0.1. */
  readonly server: Identity;
  /** For `other.example` alone. */
  readonly otherServer: Identity;
  readonly client: Identity;
  /** An authority that signed none of them. */
  readonly strangerCa: Buffer;
}

/** Certificates of a fresh authority, made by openssl. */
export function createCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'weir-certificates-'));
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

  const createAuthority = (name: string): Buffer => {
    const subject = ['-subj', `/CN=${name}`, '-days', '2'];
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      file(`${name}.key`),
      '-out',
      file(`${name}.crt`),
      ...subject,
    );
    return readFileSync(file(`${name}.crt`));
  };
  const createIdentity = (name: string, alternativeNames: string): Identity => {
    const paths = {
      key: file(`${name}.key`),
      request: file(`${name}.csr`),
      cert: file(`${name}.crt`),
    };
    openssl('req', ...newKey, '-keyout', paths.key, '-out', paths.request, '-subj', `/CN=${name}`);
    writeFileSync(file(`${name}.ext`), `subjectAltName=${alternativeNames}\n`);
    const signer = ['-CA', file('ca.crt'), '-CAkey', file('ca.key'), '-CAcreateserial'];
    const extensions = ['-extfile', file(`${name}.ext`), '-days', '2'];
    openssl('x509', '-req', '-in', paths.request, '-out', paths.cert, ...signer, ...extensions);
    return { cert: readFileSync(paths.cert), key: readFileSync(paths.key) };
  };

  try {
    return {
      ca: createAuthority('ca'),
      strangerCa: createAuthority('stranger'),
      server: createIdentity('server', 'DNS:localhost,IP:127.0.0.1'),
      otherServer: createIdentity('other', 'DNS:other.example'),
      client: createIdentity('client', 'DNS:client.example'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
