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
  let first: Buffer | undefined;
  let more: Buffer[] | undefined;
  let size = 0;
  let over = false;
  request.on('data', (chunk: Buffer) => {
    if (over) return;
    size += chunk.length;
    if (size > maxBytes) {
      over = true;
      onRefusal(tooLarge(maxBytes));
    } else if (first === undefined) {
      first = chunk;
    } else {
      more ??= [first];
      more.push(chunk);
    }
  });
  request.on('end', () => {
    if (over) return;
    const text = more === undefined ? (first?.toString() ?? '') : Buffer.concat(more).toString();
    onText(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  });
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(
    'PAYLOAD_TOO_LARGE',
    `The request body is larger than the ${maxBytes} bytes allowed. Send fewer calls in one batch, or less in each.`,
  );
}
