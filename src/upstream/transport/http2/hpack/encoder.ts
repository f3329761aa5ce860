import { DynamicTable } from './dynamic-table.ts';
import { type HeaderField, sizeOfField } from './header-field.ts';
import { encodeHuffman, huffmanLength } from './huffman-encode.ts';
import { writeInteger } from './integer.ts';
import {
  fieldKey,
  STATIC_INDEX_BY_FIELD,
  STATIC_INDEX_BY_NAME,
  STATIC_TABLE,
} from './static-table.ts';

/** Larger tables than the protocol's default would pay only with more methods than a gateway calls. */
const LARGEST_TABLE = 4096;

/**
 * Encodes the header blocks of one connection (RFC 7541 §6).
 *
 * Fields are added to the dynamic table only while there is room: what is in it stays, so that a block
 * encoded once stays true and can be sent again as it is.
 */
export class HpackEncoder {
  readonly table = new DynamicTable(LARGEST_TABLE);
  /** Entries added so far, by field and by name, counted up from 1 for the oldest. */
  readonly #ordinalByField = new Map<string, number>();
  readonly #ordinalByName = new Map<string, number>();
  #added = 0;
  /** The smallest and the last size asked for since the last block; both are told (RFC 7541 §4.2). */
  #sizeUpdates: number[] = [];

  /** Follows the peer's SETTINGS_HEADER_TABLE_SIZE. */
  setMaxTableSize(announced: number): void {
    const size = Math.min(announced, LARGEST_TABLE);
    if (size === this.table.maxSize) return;
    if (size < this.table.maxSize) {
      // Which entries survive is not worth knowing: the peer empties its table with ours.
      this.table.resize(0);
      this.#ordinalByField.clear();
      this.#ordinalByName.clear();
      this.#added = 0;
      this.#sizeUpdates = [0];
    }
    this.table.resize(size);
    this.#sizeUpdates = this.#sizeUpdates.slice(0, 1).concat(size);
  }

  /** True while the next block has to begin with a table size update. */
  get mustUpdateSize(): boolean {
    return this.#sizeUpdates.length > 0;
  }

  writeSizeUpdates(target: Buffer, start: number): number {
    let at = start;
    for (const size of this.#sizeUpdates) at = writeInteger(size, 0x20, 5, target, at);
    this.#sizeUpdates = [];
    return at;
  }

  /** For fields that repeat from call to call: indexed where possible, added to the table if it has room. */
  writeIndexed(field: HeaderField, target: Buffer, start: number): number {
    const key = fieldKey(field);
    const staticIndex = STATIC_INDEX_BY_FIELD.get(key);
    if (staticIndex !== undefined) return writeInteger(staticIndex, 0x80, 7, target, start);
    const ordinal = this.#ordinalByField.get(key);
    if (ordinal !== undefined) {
      return writeInteger(this.#indexOf(ordinal), 0x80, 7, target, start);
    }
    if (this.table.size + sizeOfField(field) > this.table.maxSize) {
      return this.writeLiteral(field, target, start);
    }
    const at = this.#writeNameAndValue(field, 0x40, 6, target, start);
    this.table.add(field);
    this.#added += 1;
    this.#ordinalByField.set(key, this.#added);
    if (!this.#ordinalByName.has(field[0])) this.#ordinalByName.set(field[0], this.#added);
    return at;
  }

  /** For values of one call: a literal without indexing, so they displace nothing (§6.2.2). */
  writeLiteral(field: HeaderField, target: Buffer, start: number): number {
    return this.#writeNameAndValue(field, 0x00, 4, target, start);
  }

  /** For credentials: no hop may put them into a table (§6.2.3, §7.1.3). */
  writeNeverIndexed(field: HeaderField, target: Buffer, start: number): number {
    return this.#writeNameAndValue(field, 0x10, 4, target, start);
  }

  /** The most octets any of the writers above takes for a field. */
  static mostOctets([name, value]: HeaderField): number {
    return name.length + value.length + 16;
  }

  #indexOf(ordinal: number): number {
    return STATIC_TABLE.length + this.#added - ordinal + 1;
  }

  #writeNameAndValue(
    [name, value]: HeaderField,
    pattern: number,
    prefixBits: number,
    target: Buffer,
    start: number,
  ): number {
    const ordinal = this.#ordinalByName.get(name);
    const index =
      STATIC_INDEX_BY_NAME.get(name) ?? (ordinal === undefined ? 0 : this.#indexOf(ordinal));
    let at = writeInteger(index, pattern, prefixBits, target, start);
    if (index === 0) at = writeString(name, target, at);
    return writeString(value, target, at);
  }
}

/**
 * Short strings go out as they are: the few octets Huffman coding saves on them cost more CPU than the
 * network charges for them.
 */
const SHORTEST_HUFFMAN = 64;

function writeString(text: string, target: Buffer, start: number): number {
  if (text.length >= SHORTEST_HUFFMAN) {
    const coded = huffmanLength(text);
    if (coded < text.length) {
      return encodeHuffman(text, target, writeInteger(coded, 0x80, 7, target, start));
    }
  }
  const at = writeInteger(text.length, 0x00, 7, target, start);
  return at + target.write(text, at, 'latin1');
}
