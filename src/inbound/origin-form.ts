const ABSOLUTE = /^https?:\/\/[^/?#]*/i;

/**
 * The path and query of a request target. Clients that take Weir for a proxy send the absolute-form, which
 * every server has to accept (RFC 9112 3.2.2); anything else is returned as it came.
 */
export function toOriginForm(target: string): string {
  if (target.startsWith('/')) return target;
  const authority = ABSOLUTE.exec(target)?.[0];
  if (authority === undefined) return target;
  const rest = target.slice(authority.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}
