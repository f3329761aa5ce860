const MAX_LENGTH = 200;

/** A JWT, an API key of Weir's own, or so many characters without a break that only a secret needs them. */
const LOOKS_SECRET = /eyJ[\w.-]{8,}|weir_\w+_[\w-]+|[\w+=~-]{40,}/g;

/**
 * A path that somebody asked for, as a line may have it: without the query, where tickets and inputs are, cut
 * to 200 characters, and without what looks like a credential that somebody took for a path.
 */
export function showPath(path: string): string {
  const query = path.indexOf('?');
  const end = Math.min(query === -1 ? path.length : query, MAX_LENGTH);
  return path.slice(0, end).replace(LOOKS_SECRET, '[hidden]');
}
