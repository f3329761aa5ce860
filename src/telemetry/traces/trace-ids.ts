import { randomFillSync } from 'node:crypto';

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

/** Random bytes for hundreds of ids at a time: asking for each costs more than the rest of a span. */
const pool = Buffer.allocUnsafeSlow(8_192);
let used = pool.length;

export function newTraceId(): string {
  return take(TRACE_ID_BYTES);
}

export function newSpanId(): string {
  return take(SPAN_ID_BYTES);
}

function take(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
