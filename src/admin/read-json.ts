import type { IncomingMessage } from 'node:http';
import { WeirError } from '../errors.ts';

/** 16 KiB: settings, not data. */
const MAX_BYTES = 16_384;

/**
 * The JSON in the body of a request. The content type is insisted on, because a form of another origin
 * can send every other one without being asked.
 * @throws WeirError INVALID_ARGUMENT
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new WeirError(
      'INVALID_ARGUMENT',
      'The body must be sent as "content-type: application/json".',
    );
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BYTES) {
      throw new WeirError('INVALID_ARGUMENT', `The body is larger than ${MAX_BYTES} bytes.`);
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new WeirError('INVALID_ARGUMENT', 'The body is not JSON.');
  }
}
