import { ConnectionError } from './error-code.ts';
import { FLAG, FRAME } from './frame-type.ts';

/**
 * What RFC 9113 §4.2 and §6 say of a frame's length and stream before its payload is looked at.
 * Throws `ConnectionError` where the answer is a connection error.
 */
export function checkFrameHeader(
  type: number,
  flags: number,
  streamId: number,
  length: number,
  maxFrameSize: number,
): void {
  if (length > maxFrameSize) {
    throw new ConnectionError(
      'FRAME_SIZE_ERROR',
      `a frame of ${length} octets is above the ${maxFrameSize} allowed`,
    );
  }
  switch (type) {
    case FRAME.DATA:
    case FRAME.HEADERS:
    case FRAME.CONTINUATION:
      requireStream(type, streamId);
      break;
    case FRAME.PRIORITY:
      requireStream(type, streamId);
      break;
    case FRAME.RST_STREAM:
      requireStream(type, streamId);
      requireLength(type, length, length === 4);
      break;
    case FRAME.SETTINGS:
      requireConnection(type, streamId);
      requireLength(type, length, (flags & FLAG.ACK) !== 0 ? length === 0 : length % 6 === 0);
      break;
    case FRAME.PUSH_PROMISE:
      // We announced SETTINGS_ENABLE_PUSH = 0 (§6.6, §8.4).
      throw new ConnectionError('PROTOCOL_ERROR', 'PUSH_PROMISE although push is disabled');
    case FRAME.PING:
      requireConnection(type, streamId);
      requireLength(type, length, length === 8);
      break;
    case FRAME.GOAWAY:
      requireConnection(type, streamId);
      requireLength(type, length, length >= 8);
      break;
    case FRAME.WINDOW_UPDATE:
      requireLength(type, length, length === 4);
      break;
  }
}

function requireStream(type: number, streamId: number): void {
  if (streamId === 0) {
    throw new ConnectionError('PROTOCOL_ERROR', `${nameFrame(type)} on stream 0`);
  }
}

function requireConnection(type: number, streamId: number): void {
  if (streamId !== 0) {
    throw new ConnectionError('PROTOCOL_ERROR', `${nameFrame(type)} on stream ${streamId}`);
  }
}

function requireLength(type: number, length: number, right: boolean): void {
  if (!right) {
    throw new ConnectionError('FRAME_SIZE_ERROR', `${nameFrame(type)} of ${length} octets`);
  }
}

function nameFrame(type: number): string {
  for (const [name, number] of Object.entries(FRAME)) if (number === type) return name;
  return `frame type ${type}`;
}
