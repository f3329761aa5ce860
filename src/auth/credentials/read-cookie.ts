/**
 * The value of one cookie of a `cookie` header (RFC 6265 section 5.4), undefined when it is not there.
 * Where a name stands twice there is no value: a sibling domain may have planted one of the two.
 */
export function readCookie(
  header: string | string[] | undefined,
  name: string,
): string | undefined {
  if (header === undefined) return undefined;
  const text = typeof header === 'string' ? header : header.join(';');
  let found: string | undefined;
  for (const pair of text.split(';')) {
    const equals = pair.indexOf('=');
    if (equals === -1 || pair.slice(0, equals).trim() !== name) continue;
    if (found !== undefined) return undefined;
    found = pair.slice(equals + 1).trim();
  }
  return found === '' ? undefined : found;
}
