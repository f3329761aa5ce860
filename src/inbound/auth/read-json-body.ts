import type { IncomingMessage } from 'node:http';
import { readBody } from '../http/request-body.ts';
import { Refusal } from '../refusal.ts';
import type { UnfinishedBodies } from '../unfinished-bodies.ts';

/** 16 KiB: a password may have 1 KiB, a token 8. */
const MAX_BYTES = 16_384;

/**
 * The JSON object in the body of a request; an empty body is an empty object. The content type is
 * insisted on, because a form of another origin can send every other one without being asked.
 * @throws Refusal
 */
export async function readJsonBody(
  request: IncomingMessage,
  unfinished: UnfinishedBodies,
): Promise<Readonly<Record<string, unknown>>> {
  const text = await new Promise<string>((resolve, reject) => {
    request.once('close', () => reject(new Refusal('CLIENT_CLOSED_REQUEST', 'The caller left.')));
    readBody(request, { maxBytes: MAX_BYTES, unfinished }, resolve, reject);
  });
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    if (text === '' && type === undefined) return {};
    throw new Refusal('BAD_REQUEST', 'The body must be sent as "content-type: application/json".');
  }
  let value: unknown;
  try {
    value = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new Refusal('PARSE_ERROR', 'The body is not JSON.');
  }
  if (isObject(value)) return value;
  throw new Refusal('BAD_REQUEST', 'The body is not a JSON object.');
}

/** The text under `name`. @throws Refusal where there is none. */
export function requireText(
  body: Readonly<Record<string, unknown>>,
  name: string,
  maxLength: number,
): string {
  const value = body[name];
  if (typeof value === 'string' && value.length <= maxLength) return value;
  throw new Refusal(
    'BAD_REQUEST',
    `"${name}" is missing, not text, or longer than ${maxLength} characters.`,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
