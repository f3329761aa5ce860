import type { Call } from '../pipeline/call.ts';
import { Refusal } from './refusal.ts';

/**
 * Names that proxies in front of Weir set, or that say where the connection came from. A caller who could
 * write them through connectionParams would choose its own address and origin.
 */
const NOT_FOR_CALLERS =
  /^(?:forwarded|x-forwarded-.*|x-real-ip|x-client-ip|via|host|origin|connection|upgrade|sec-.*|:.*)$/;

export type ConnectionParams = ReadonlyMap<string, string>;

/**
 * tRPC connectionParams from parsed JSON: an object of strings, or null for none.
 * @throws Refusal PARSE_ERROR for any other shape.
 */
export function toConnectionParams(parsed: unknown): ConnectionParams {
  const params = new Map<string, string>();
  if (parsed === null) return params;
  if (typeof parsed !== 'object' || Array.isArray(parsed)) {
    throw new Refusal('PARSE_ERROR', 'Invalid connection params shape');
  }
  for (const [name, value] of Object.entries(parsed)) {
    if (typeof value !== 'string') {
      throw new Refusal('PARSE_ERROR', 'Invalid connection params shape');
    }
    params.set(name.toLowerCase(), value);
  }
  return params;
}

/** The `connectionParams` query parameter, which is where EventSource clients carry theirs. */
export function parseConnectionParams(text: string | undefined): ConnectionParams | undefined {
  if (text === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Refusal('PARSE_ERROR', 'Not JSON-parsable query params');
  }
  return toConnectionParams(parsed);
}

/** Request headers with connectionParams laid over them. */
export function overlayHeaders(
  headers: Call['headers'],
  params: ConnectionParams | undefined,
): Call['headers'] {
  if (params === undefined || params.size === 0) return headers;
  const overlaid = new Map<string, string | string[] | undefined>(Object.entries(headers));
  for (const [name, value] of params) {
    if (!NOT_FOR_CALLERS.test(name)) overlaid.set(name, value);
  }
  return Object.fromEntries(overlaid);
}
