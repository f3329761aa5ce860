import type { Random } from './random.ts';
import { ACK, frame, setting, TYPE, uint32 } from './raw-peer.ts';
import { createServerScript } from './server-script.ts';

const TYPES = [...Object.values(TYPE), 0x0a, 0x42, 0xff];
const STREAM_IDS = [0, 1, 3, 5, 2, 99, 0x7fff_ffff];

/** What a server of a seed sends, cut into the pieces it is written in. */
export function createFuzzInput(random: Random): Buffer[] {
  const kind = random.below(10);
  if (kind === 0) return cut(random, random.bytes(random.below(400)));
  const frames = createFrames(random);
  if (kind < 4) return cut(random, Buffer.concat(frames));
  const orderly = Buffer.concat(frames);
  return cut(random, mutate(random, orderly));
}

function createFrames(random: Random): Buffer[] {
  const frames = [frame(TYPE.settings, 0, 0, createSettings(random)), frame(TYPE.settings, ACK, 0)];
  const count = 1 + random.below(6);
  for (let index = 0; index < count; index += 1) {
    frames.push(random.chance(60) ? createAnswer(random) : createFrame(random));
  }
  return frames;
}

function createSettings(random: Random): Buffer {
  const values = [0, 1, 100, 4_096, 16_384, 65_535, 0x7fff_ffff, 0xffff_ffff];
  return Buffer.concat(
    Array.from({ length: random.below(3) }, () => setting(random.below(8), random.pick(values))),
  );
}

function createAnswer(random: Random): Buffer {
  return createServerScript(random).framesFor(random.pick([1, 1, 3, 3, 5]));
}

function createFrame(random: Random): Buffer {
  const type = random.pick(TYPES);
  const payload = random.chance(50)
    ? uint32(random.pick([0, 1, 8, 0x7fff_ffff]))
    : random.bytes(random.below(60));
  return frame(type, random.below(256), random.pick(STREAM_IDS), payload);
}

function mutate(random: Random, original: Buffer): Buffer {
  let bytes = Buffer.from(original);
  for (let rounds = 1 + random.below(8); rounds > 0; rounds -= 1) {
    const at = random.below(bytes.length + 1);
    const length = random.below(20);
    switch (random.below(5)) {
      case 0:
        if (at < bytes.length) bytes[at] = random.below(256);
        break;
      case 1:
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), random.bytes(length), bytes.subarray(at)]);
        break;
      case 4:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          bytes.subarray(at - length),
          bytes.subarray(at),
        ]);
        break;
    }
  }
  return bytes;
}

function cut(random: Random, bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = random.chance(20) ? 1 : 1 + random.below(bytes.length);
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}
