/** Never written, in whatever spelling they come. */
const SECRETS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'password',
  'token',
  'accessToken',
  'refreshToken',
  'access_token',
  'refresh_token',
  'ticket',
  'secret',
  'apiKey',
  'x-api-key',
  'x-csrf-token',
]);

/** A secret may stand in a line on its own, in something, and in the headers of something. */
const DEPTH = 3;

const CENSOR = '[redacted]';

type Fields = Record<string, unknown>;

/**
 * The fields of a line without secrets. Most lines have none, and then they are handed back as they are:
 * pino's own `redact` parses its paths and copies the object for every line, which at a line for each
 * failing call cost more than the call. What callers send and backends answer is in no line at all.
 */
export function redact(fields: Fields, depth = DEPTH): Fields {
  let clean: Fields | undefined;
  for (const name in fields) {
    const value = fields[name];
    const shown = SECRETS.has(name)
      ? CENSOR
      : depth > 1 && isPlain(value)
        ? redact(value, depth - 1)
        : value;
    if (shown === value) continue;
    clean ??= { ...fields };
    clean[name] = shown;
  }
  return clean ?? fields;
}

/** Errors and the like are written by serialisers of their own. */
function isPlain(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
