import type { ServerResponse } from 'node:http';

/**
 * Headers for whatever a browser may show: nothing is sniffed, framed, or loaded from elsewhere
 * (OWASP Secure Headers). Styles may stand in attributes, because charts set them.
 */
const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-opener-policy', 'same-origin'],
  [
    'content-security-policy',
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  ],
];

/** One year, as browsers' preload lists ask. Only over TLS: RFC 6797 section 7.2. */
const STRICT_TRANSPORT = 'max-age=31536000; includeSubDomains';

export function setSecurityHeaders(response: ServerResponse, overTls: boolean): void {
  // What is allowed to pages of other origins differs from one to the next, and for those of none
  // (https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches).
  response.setHeader('vary', 'origin');
  for (const [name, value] of HEADERS) response.setHeader(name, value);
  if (overTls) response.setHeader('strict-transport-security', STRICT_TRANSPORT);
}
