/** Where an endpoint listens. */
export type EndpointAddress =
  | { readonly host: string; readonly port: number }
  | { readonly path: string };

/** Reads `host:port`, `[ipv6]:port` or `unix:/path`, the forms that the configuration allows. */
export function parseEndpointAddress(text: string): EndpointAddress {
  if (text.startsWith('unix:')) return { path: text.slice('unix:'.length) };
  const colon = text.lastIndexOf(':');
  const host = text.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(text.slice(colon + 1)) };
}
