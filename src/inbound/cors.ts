import type { IncomingMessage, ServerResponse } from 'node:http';

export interface CorsOptions {
  /**
   * Origins that pages may call from, such as `https://app.example`; `https://*.example` takes one
   * label in place of the star, and `http://localhost:*` any port.
   */
  readonly origins: readonly string[];
  /** Whether those pages may send cookies. */
  readonly credentials: boolean;
  /** How long a browser may remember the answer to a preflight; Firefox cuts it to 24 hours, Chromium to 2. */
  readonly maxAgeMs: number;
}

export interface Cors {
  /**
   * Sets what the Fetch standard asks for (https://fetch.spec.whatwg.org/#http-cors-protocol) and
   * answers preflights; true when the response is done with.
   */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Whether a page of this origin may open a socket: browsers ask nobody before they do. */
  allowsUpgrade(request: IncomingMessage): boolean;
}

const METHODS = 'GET, POST, PUT, DELETE';
const EXPOSED =
  'x-request-id, retry-after, ratelimit, ratelimit-policy, weir-attempts, weir-fallback';
/** What tRPC links, the client runtime and W3C tracing send. */
const HEADERS =
  'authorization, content-type, trpc-accept, x-api-key, x-csrf-token, x-request-id, x-trpc-source, grpc-timeout, last-event-id, traceparent, tracestate, baggage, accept-language, x-tenant';

export function createCors({ origins, credentials, maxAgeMs }: CorsOptions): Cors {
  const patterns = origins.map(toPattern);
  const isAllowed = (origin: string) => patterns.some((pattern) => pattern.test(origin));
  const maxAge = String(Math.floor(maxAgeMs / 1000));

  function handle(request: IncomingMessage, response: ServerResponse): boolean {
    const { origin } = request.headers;
    if (origin === undefined) return false;
    const allowed = isAllowed(origin);
    if (allowed) {
      response.setHeader('access-control-allow-origin', origin);
      if (credentials) response.setHeader('access-control-allow-credentials', 'true');
      response.setHeader('access-control-expose-headers', EXPOSED);
    }
    const preflight =
      request.method === 'OPTIONS' &&
      request.headers['access-control-request-method'] !== undefined;
    if (!preflight) return false;
    if (allowed) {
      response.setHeader('access-control-allow-methods', METHODS);
      response.setHeader('access-control-allow-headers', HEADERS);
      response.setHeader('access-control-max-age', maxAge);
    }
    response.setHeader('vary', 'origin, access-control-request-method');
    response.writeHead(204).end();
    return true;
  }

  function allowsUpgrade({ headers }: IncomingMessage): boolean {
    const { origin, host } = headers;
    // Programs send none; a browser always sends one, and no page can change it.
    if (origin === undefined) return true;
    if (isAllowed(origin)) return true;
    return host !== undefined && hostOf(origin) === host.toLowerCase();
  }

  return { handle, allowsUpgrade };
}

/** A pattern is anchored at both ends, and its star stops at dots, colons and slashes. */
function toPattern(origin: string): RegExp {
  const escaped = origin.toLowerCase().replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/:\*$/, ':\\d{1,5}').replace('*', '[a-z0-9-]+')}$`);
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
