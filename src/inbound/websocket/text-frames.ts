const FIN_TEXT = 0x81;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/** Unmasked text frames (RFC 6455 5.2), one for each text, in one buffer so that they leave in one write. */
export function encodeTextFrames(texts: readonly string[]): Buffer {
  const lengths: number[] = [];
  let size = 0;
  for (const text of texts) {
    const length = Buffer.byteLength(text);
    lengths.push(length);
    size += headerSize(length) + length;
  }
  const buffer = Buffer.allocUnsafe(size);
  let offset = 0;
  for (const [index, text] of texts.entries()) {
    const length = lengths[index] ?? 0;
    offset = writeHeader(buffer, offset, length);
    // A text as long as its bytes is ASCII, which need not be encoded.
    buffer.write(text, offset, length, length === text.length ? 'latin1' : 'utf8');
    offset += length;
  }
  return buffer;
}

function headerSize(length: number): number {
  if (length < LENGTH_16) return 2;
  return length < 0x10000 ? 4 : 10;
}

function writeHeader(buffer: Buffer, start: number, length: number): number {
  const offset = buffer.writeUInt8(FIN_TEXT, start);
  if (length < LENGTH_16) return buffer.writeUInt8(length, offset);
  if (length < 0x10000) {
    return buffer.writeUInt16BE(length, buffer.writeUInt8(LENGTH_16, offset));
  }
  return buffer.writeBigUInt64BE(BigInt(length), buffer.writeUInt8(LENGTH_64, offset));
}
