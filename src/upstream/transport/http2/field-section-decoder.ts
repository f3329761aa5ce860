import { ConnectionError } from './error-code.ts';
import { type FieldSection, readFieldSection } from './field-section.ts';
import { HpackDecoder } from './hpack/decoder.ts';
import { HpackError } from './hpack/hpack-error.ts';

const HEADER_TABLE_SIZE = 4096;

/** Blocks worth remembering are short; so is the list of those a server sends again and again. */
const LONGEST_KNOWN_BLOCK = 512;
const MOST_KNOWN_BLOCKS = 64;

/**
 * Turns header blocks into field sections, and recognises a block it has seen: while the dynamic table
 * stands still the same octets mean the same fields. Once a server's table is warm, its answers are
 * mostly such blocks.
 */
export class FieldSectionDecoder {
  readonly #hpack: HpackDecoder;
  readonly #known = new Map<string, FieldSection>();
  #knownGeneration = 0;

  constructor(maxHeaderListBytes: number) {
    this.#hpack = new HpackDecoder(HEADER_TABLE_SIZE, maxHeaderListBytes);
  }

  /** Throws `ConnectionError` COMPRESSION_ERROR. */
  decode(bytes: Buffer, start: number, end: number): FieldSection {
    const table = this.#hpack.table;
    const before = table.generation;
    if (this.#knownGeneration !== before) {
      this.#known.clear();
      this.#knownGeneration = before;
    }
    if (end - start > LONGEST_KNOWN_BLOCK) return this.#decodeAnew(bytes, start, end);
    const key = bytes.toString('latin1', start, end);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const section = this.#decodeAnew(bytes, start, end);
    if (table.generation === before && this.#known.size < MOST_KNOWN_BLOCKS) {
      this.#known.set(key, section);
    }
    return section;
  }

  #decodeAnew(bytes: Buffer, start: number, end: number): FieldSection {
    try {
      const { fields, complete } = this.#hpack.decode(bytes, start, end);
      return readFieldSection(fields, complete);
    } catch (error) {
      if (!(error instanceof HpackError)) throw error;
      throw new ConnectionError('COMPRESSION_ERROR', error.message);
    }
  }
}
