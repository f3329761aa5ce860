import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ClientCertificate } from '../auth/credentials/client-certificate.ts';
import type { Peer } from '../pipeline/call.ts';

/**
 * Who is at the other end, for limits, audit and mutual TLS.
 *
 * `x-forwarded-for` counts only as far as trusted proxies wrote it: read from the right, the first
 * address that is not one of theirs is the client's. What stands left of it the client may have invented.
 * @param trustedProxies addresses and CIDR ranges, IPv4 or IPv6; already validated.
 */
export function createPeerOf(
  trustedProxies: readonly string[],
): (request: IncomingMessage) => Peer {
  const trusted = new BlockList();
  for (const range of trustedProxies) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    trusted.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  const isTrusted = (address: string) =>
    trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

  // Of connections that are no proxy's: each is one peer's for as long as it lives.
  const direct = new WeakMap<Socket, Peer>();

  return function peerOf(request) {
    const known = direct.get(request.socket);
    if (known !== undefined) return known;
    const address = toPlainAddress(request.socket.remoteAddress ?? '');
    const certificate = certificateOf(request);
    if (trustedProxies.length > 0 && isTrusted(address)) {
      return { address: forwardedAddress(request, address, isTrusted), trusted: true, certificate };
    }
    const peer = { address, certificate };
    direct.set(request.socket, peer);
    return peer;
  };
}

function forwardedAddress(
  { headers }: IncomingMessage,
  direct: string,
  isTrusted: (address: string) => boolean,
): string {
  const header = headers['x-forwarded-for'];
  const hops = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
  let nearest = direct;
  for (const hop of hops.reverse()) {
    const address = toPlainAddress(withoutPort(hop.trim()));
    // Something that is no address was not written by a proxy we trust to write addresses.
    if (isIP(address) === 0) return nearest;
    nearest = address;
    if (!isTrusted(address)) return address;
  }
  return nearest;
}

/** As some proxies write it, in the forms of RFC 7239 §6: `192.0.2.43:47011`, `[2001:db8::17]:4711`. */
const WITH_PORT = /^(\d+(?:\.\d+){3}|\[[^\]]*\]):\d{1,5}$/;

function withoutPort(hop: string): string {
  return WITH_PORT.exec(hop)?.[1] ?? hop;
}

/** IPv4 mapped into IPv6 (RFC 4291 section 2.5.5.2) is the IPv4 address; brackets and zones fall off. */
export function toPlainAddress(address: string): string {
  return address
    .replace(/^\[|\]$/g, '')
    .replace(/^::ffff:(?=\d+\.)/i, '')
    .replace(/%.*$/, '');
}

/** Undefined unless TLS ends here and has verified the chain. */
function certificateOf({ socket }: IncomingMessage): ClientCertificate | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const certificate = socket.getPeerCertificate();
  if (certificate.fingerprint256 === undefined) return undefined;
  const { subject, subjectaltname, fingerprint256, valid_from, valid_to } = certificate;
  return {
    subjectaltname,
    commonName: typeof subject.CN === 'string' ? subject.CN : undefined,
    fingerprint256,
    validFrom: valid_from,
    validTo: valid_to,
  };
}
