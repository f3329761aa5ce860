import { experimental, type ServerCredentials } from '@grpc/grpc-js';

/** PEM: who a backend is and whose clients it takes. */
export interface BackendIdentity {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** As it comes in JSON. */
export function readIdentity(value: unknown): BackendIdentity {
  const { cert, key, ca } = Object(value);
  return { cert: String(cert), key: String(key), ca: String(ca) };
}

interface Held<Update> {
  readonly listeners: Set<(update: Update | null) => void>;
  latest: Update;
}

/** TLS credentials of a server that can be replaced while it runs; connections that stand stay. */
export function createBackendCredentials(first: BackendIdentity): {
  readonly credentials: ServerCredentials;
  present(identity: BackendIdentity): void;
} {
  const ca: Held<experimental.CaCertificateUpdate> = { listeners: new Set(), latest: toCa(first) };
  const identity: Held<experimental.IdentityCertificateUpdate> = {
    listeners: new Set(),
    latest: toIdentity(first),
  };
  const provider: experimental.CertificateProvider = {
    addCaCertificateListener: (listener) => join(ca, listener),
    removeCaCertificateListener: (listener) => ca.listeners.delete(listener),
    addIdentityCertificateListener: (listener) => join(identity, listener),
    removeIdentityCertificateListener: (listener) => identity.listeners.delete(listener),
  };
  return {
    credentials: experimental.createCertificateProviderServerCredentials(provider, provider, true),
    present(next) {
      replace(ca, toCa(next));
      replace(identity, toIdentity(next));
    },
  };
}

function join<Update>(held: Held<Update>, listener: (update: Update | null) => void): void {
  held.listeners.add(listener);
  // Its server is told as if it had changed, once whoever listens has finished doing so.
  process.nextTick(() => listener(held.latest));
}

function replace<Update>(held: Held<Update>, latest: Update): void {
  held.latest = latest;
  for (const listener of held.listeners) listener(latest);
}

const toCa = ({ ca }: BackendIdentity) => ({ caCertificate: Buffer.from(ca) });
const toIdentity = ({ cert, key }: BackendIdentity) => ({
  certificate: Buffer.from(cert),
  privateKey: Buffer.from(key),
});
