import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { WeirError } from '../errors.ts';

/**
 * Lets nobody's page do what only the person at this machine may, where everybody who reaches the gateway may
 * do everything. A page can have its own name lead to the loopback (DNS rebinding), and then is of the same
 * origin as the gateway; but its requests still bear that name. And any page can have an image fetched from
 * anywhere, which browsers mark (https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header).
 *
 * @param hosts names that lead here beside `localhost`, in lower case; addresses always do
 * @throws WeirError PERMISSION_DENIED, saying how to come in
 */
export function requireOwnPage(
  headers: Pick<IncomingHttpHeaders, 'host' | 'sec-fetch-site'>,
  hosts: readonly string[],
): void {
  const name = nameIn(headers.host ?? '');
  if (!isIP(name) && !/^(?:.+\.)?localhost$/.test(name) && !hosts.includes(name)) {
    throw new WeirError(
      'PERMISSION_DENIED',
      `With admin.whenAuthOff open, this gateway is administered at its address or as localhost, not as ${JSON.stringify(name.slice(0, 100))}: any page could have a name of its own lead here. Add the name to admin.hosts if it is yours, or set auth.mode to on.`,
    );
  }
  if (headers['sec-fetch-site'] === 'cross-site') {
    throw new WeirError(
      'PERMISSION_DENIED',
      'With admin.whenAuthOff open, pages of other sites may not ask this. Open it by itself, or set auth.mode to on.',
    );
  }
}

/** Of `name:port`, `address` or `[address]:port` (RFC 9110 §7.2). */
function nameIn(host: string): string {
  const [, address, name = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host) ?? [];
  return (address ?? name).toLowerCase();
}
