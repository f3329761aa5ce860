import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FrameHandler, FrameReader } from './frame-reader.ts';
import { FLAG, FRAME } from './frame-type.ts';
import { writeFrameHeader } from './frame-writer.ts';

/** Writes down what it is told. */
class Recorder implements FrameHandler {
  readonly seen: string[] = [];
  #data = '';

  onFrameHeader(): void {}

  onFrame(
    type: number,
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ) {
    this.seen.push(`${type} ${flags} ${streamId} ${bytes.toString('hex', start, end)}`);
  }

  onDataStart(streamId: number, flags: number, length: number): void {
    this.#data = `data ${flags} ${streamId} ${length} `;
  }

  onDataBytes(bytes: Buffer, start: number, end: number): void {
    this.#data += bytes.toString('hex', start, end);
  }

  onDataEnd(): void {
    this.seen.push(this.#data);
  }
}

function frame(type: number, flags: number, streamId: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(9 + payload.length);
  writeFrameHeader(bytes, 0, payload.length, type, flags, streamId);
  bytes.set(payload, 9);
  return bytes;
}

const payload = fc.uint8Array({ maxLength: 30 });
const anyFrame = fc.oneof(
  payload.map((bytes) => frame(FRAME.HEADERS, FLAG.END_HEADERS, 1, bytes)),
  payload.map((bytes) => frame(FRAME.DATA, 0, 3, bytes)),
  payload.map((bytes) => frame(0x42, 0xff, 0, bytes)),
  fc
    .tuple(payload, fc.integer({ min: 0, max: 9 }))
    .map(([bytes, padding]) =>
      frame(
        FRAME.DATA,
        FLAG.PADDED,
        5,
        Buffer.concat([Buffer.from([padding]), bytes, Buffer.alloc(padding)]),
      ),
    ),
);

test('frames are read alike however their octets are cut', () => {
  fc.assert(
    fc.property(fc.array(anyFrame), fc.array(fc.integer({ min: 1, max: 20 })), (frames, cuts) => {
      const octets = Buffer.concat(frames);
      const whole = new Recorder();
      new FrameReader(whole, 16_384).read(octets, 0, octets.length);
      const pieced = new Recorder();
      const reader = new FrameReader(pieced, 16_384);
      let at = 0;
      for (const cut of cuts) {
        const to = Math.min(at + cut, octets.length);
        reader.read(octets, at, to);
        at = to;
      }
      reader.read(octets, at, octets.length);
      expect(whole.seen.length).toBe(frames.length);
      expect(pieced.seen).toEqual(whole.seen);
    }),
  );
});

test('the reserved bit of the stream identifier is ignored', () => {
  const recorder = new Recorder();
  const octets = frame(FRAME.PING, 0, 0x8000_0000, Buffer.alloc(8));
  new FrameReader(recorder, 16_384).read(octets, 0, octets.length);
  expect(recorder.seen).toEqual(['6 0 0 0000000000000000']);
});
