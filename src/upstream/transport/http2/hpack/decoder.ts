import { DynamicTable } from './dynamic-table.ts';
import { type HeaderField, sizeOfField } from './header-field.ts';
import { HpackError } from './hpack-error.ts';
import { decodeHuffman } from './huffman-decode.ts';
import { IntegerReader } from './integer.ts';
import { STATIC_TABLE } from './static-table.ts';

/** What one header block held. `complete` is false where the list outgrew the limit and was cut. */
export interface DecodedBlock {
  readonly fields: readonly HeaderField[];
  readonly complete: boolean;
}

/** Decodes the header blocks of one connection, in order (RFC 7541 §3, §6). */
export class HpackDecoder {
  readonly table: DynamicTable;
  readonly #integers = new IntegerReader();
  readonly #maxTableSize: number;
  readonly #maxListBytes: number;

  /**
   * @param maxTableSize what we announced as SETTINGS_HEADER_TABLE_SIZE
   * @param maxListBytes what we announced as SETTINGS_MAX_HEADER_LIST_SIZE
   */
  constructor(maxTableSize: number, maxListBytes: number) {
    this.table = new DynamicTable(maxTableSize);
    this.#maxTableSize = maxTableSize;
    this.#maxListBytes = maxListBytes;
  }

  /**
   * A list above the limit is still read to its end, because the table must follow the peer's
   * (RFC 9113 §10.5.1), but kept no further. Throws `HpackError` where the block is malformed.
   */
  decode(bytes: Buffer, start: number, end: number): DecodedBlock {
    const fields: HeaderField[] = [];
    let listBytes = 0;
    let at = start;
    while (at < end) {
      const octet = bytes[at] ?? 0;
      if ((octet & 0xe0) === 0x20) {
        if (fields.length > 0) {
          throw new HpackError('a table size update stands behind a field (RFC 7541 §4.2)');
        }
        at = this.#readSizeUpdate(bytes, at, end);
        continue;
      }
      let field: HeaderField;
      if ((octet & 0x80) !== 0) {
        field = this.#lookUp(this.#integers.read(bytes, at, end, 7));
        at = this.#integers.at;
      } else {
        const indexing = (octet & 0x40) !== 0;
        const nameIndex = this.#integers.read(bytes, at, end, indexing ? 6 : 4);
        at = this.#integers.at;
        const name =
          nameIndex === 0 ? this.#readString(bytes, at, end) : this.#lookUp(nameIndex)[0];
        if (nameIndex === 0) at = this.#integers.at;
        field = [name, this.#readString(bytes, at, end)];
        at = this.#integers.at;
        if (indexing) this.table.add(field);
      }
      listBytes += sizeOfField(field);
      if (listBytes <= this.#maxListBytes) fields.push(field);
    }
    return { fields, complete: listBytes <= this.#maxListBytes };
  }

  #lookUp(index: number): HeaderField {
    const field =
      index <= STATIC_TABLE.length
        ? STATIC_TABLE[index - 1]
        : this.table.get(index - STATIC_TABLE.length);
    if (field === undefined) throw new HpackError(`index ${index} is in neither table`);
    return field;
  }

  /** Leaves the position after the string in `#integers.at`. */
  #readString(bytes: Buffer, start: number, end: number): string {
    const length = this.#integers.read(bytes, start, end, 7);
    const from = this.#integers.at;
    const to = from + length;
    if (to > end) throw new HpackError('the block ends inside a string');
    this.#integers.at = to;
    return ((bytes[start] ?? 0) & 0x80) !== 0
      ? decodeHuffman(bytes, from, to)
      : bytes.toString('latin1', from, to);
  }

  #readSizeUpdate(bytes: Buffer, start: number, end: number): number {
    const size = this.#integers.read(bytes, start, end, 5);
    if (size > this.#maxTableSize) {
      throw new HpackError(`a table size of ${size} is above the ${this.#maxTableSize} allowed`);
    }
    this.table.resize(size);
    return this.#integers.at;
  }
}
