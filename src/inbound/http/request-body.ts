import type { IncomingMessage } from 'node:http';
import { Refusal } from '../refusal.ts';

/**
 * Reads a body as UTF-8 text without a byte order mark and hands it over once; a caller that leaves in
 * the middle gets nothing, since nobody is there to answer.
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  onText: (text: string) => void,
  onRefusal: (refusal: Refusal) => void,
): void {
  const announced = request.headers['content-length'];
  if (announced !== undefined && Number(announced) > maxBytes) {
    onRefusal(tooLarge(maxBytes));
    return;
  }
  let body: Buffer | undefined;
  let size = 0;
  let over = false;
  request.on('data', (chunk: Buffer) => {
    if (over) return;
    const before = size;
    size += chunk.length;
    if (size > maxBytes) {
      over = true;
      body = undefined;
      onRefusal(tooLarge(maxBytes));
    } else if (body === undefined) {
      body = chunk;
    } else {
      if (size > body.length) body = grow(body, before, Math.max(size * 2, Number(announced ?? 0)));
      chunk.copy(body, before);
    }
  });
  request.on('end', () => {
    if (over) return;
    const text = body?.toString('utf8', 0, size) ?? '';
    onText(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  });
}

/**
 * Chunks are gathered as they come: in a chunked body (RFC 9112 §7.1) each octet may be one, and a list of
 * them would take two hundred times what the body does.
 */
function grow(body: Buffer, filled: number, length: number): Buffer {
  const grown = Buffer.allocUnsafe(length);
  body.copy(grown, 0, 0, filled);
  return grown;
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(
    'PAYLOAD_TOO_LARGE',
    `The request body is larger than the ${maxBytes} bytes allowed. Send fewer calls in one batch, or less in each.`,
  );
}
