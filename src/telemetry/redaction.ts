/** Never written, in whatever spelling they come. */
const SECRETS = [
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
];

/** Where a secret may stand in a line: on its own, in something, and in the headers of something. */
const PLACES = ['', '*', '*.*'];

/** Paths for pino's `redact`. What callers send and backends answer is in no line at all. */
export const REDACTED_PATHS: readonly string[] = PLACES.flatMap((place) =>
  SECRETS.map((name) => `${place}["${name}"]`),
);

export const CENSOR = '[redacted]';
