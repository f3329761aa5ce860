/**
 * The gateway's WebSocket beside its HTTP URL: `https://host/trpc` gives `wss://host/trpc`.
 *
 * @param url absolute, or in a browser relative to the page
 * @param base the page's URL where there is a page
 * @throws a TypeError for a relative URL without a page, and for any other scheme
 */
export function toWebSocketUrl(url: string, base = globalThis.location?.href): string {
  const parsed = parseUrl(url, base);
  if (parsed.protocol === 'http:') parsed.protocol = 'ws:';
  else if (parsed.protocol === 'https:') parsed.protocol = 'wss:';
  else throw new TypeError(`The gateway's URL must be http: or https:, not ${url}`);
  return parsed.href;
}

function parseUrl(url: string, base: string | undefined): URL {
  try {
    return new URL(url, base);
  } catch (cause) {
    throw new TypeError(`The gateway's URL must be absolute outside a browser, not ${url}`, {
      cause,
    });
  }
}
