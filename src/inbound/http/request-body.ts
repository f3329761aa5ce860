import type { IncomingMessage } from 'node:http';
import { Refusal } from '../refusal.ts';
import type { UnfinishedBodies } from '../unfinished-bodies.ts';

export interface BodyBounds {
  /** Of this body. */
  readonly maxBytes: number;
  /** Of all together, while they come. */
  readonly unfinished: UnfinishedBodies;
}

/**
 * Reads a body as UTF-8 text without a byte order mark and hands it over once; a caller that leaves in
 * the middle gets nothing, since nobody is there to answer.
 */
export function readBody(
  request: IncomingMessage,
  { maxBytes, unfinished }: BodyBounds,
  onText: (text: string) => void,
  onRefusal: (refusal: Refusal) => void,
): void {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxBytes) {
    onRefusal(tooLarge(maxBytes));
    return;
  }
  let body: Buffer | undefined;
  let size = 0;
  let held = 0;
  let over = false;
  request.on('data', (chunk: Buffer) => {
    if (over) return;
    const before = size;
    size += chunk.length;
    try {
      if (size > maxBytes) throw tooLarge(maxBytes);
      if (body === undefined) {
        if (size !== announced) hold(size);
        body = chunk;
        return;
      }
      if (size > body.length) {
        const length = Math.min(maxBytes, roomFor(size, announced));
        hold(length);
        body = grow(body, before, length);
      }
      chunk.copy(body, before);
    } catch (thrown) {
      over = true;
      body = undefined;
      release();
      if (!(thrown instanceof Refusal)) throw thrown;
      onRefusal(thrown);
    }
  });
  request.on('end', () => {
    if (over) return;
    release();
    const text = body?.toString('utf8', 0, size) ?? '';
    onText(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  });

  /** `length` bytes in all. A body that comes whole holds none and pays for none of this. */
  function hold(length: number): void {
    unfinished.take(length - held);
    if (held === 0) request.once('close', release);
    held = length;
  }

  function release(): void {
    unfinished.release(held);
    held = 0;
  }
}

/** Four times what has come at most: memory is for those who send, not for those who announce. */
function roomFor(size: number, announced: number): number {
  return announced > size ? Math.min(announced, size * 4) : size * 2;
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
