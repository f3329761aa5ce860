import { MalformedMessage } from './malformed-message.ts';

/** Up to this many keys a comparison with each costs less than hashing; real maps are mostly this small. */
const COMPARED_KEYS = 8;

/** A map field under decoding: entries as JSON text by their key's JSON text. A key's last value wins. */
export class MapText {
  readonly #keys: string[] = [];
  readonly #values: string[] = [];
  readonly #maxLength: number;
  /** Positions by key, once there are too many to compare. */
  #positions: Map<string, number> | undefined;
  #length = 0;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  set(key: string, value: string): void {
    this.#length += key.length + value.length;
    if (this.#length > this.#maxLength) refuseLength();
    const position = this.#find(key);
    if (position >= 0) this.#values[position] = value;
    else this.#add(key, value);
  }

  toString(): string {
    let text = '{';
    for (let i = 0; i < this.#keys.length; i++) {
      text += `${i === 0 ? '' : ','}${this.#keys[i]}:${this.#values[i]}`;
    }
    return `${text}}`;
  }

  #find(key: string): number {
    if (this.#positions === undefined) return this.#keys.indexOf(key);
    return this.#positions.get(key) ?? -1;
  }

  #add(key: string, value: string): void {
    this.#positions?.set(key, this.#keys.length);
    this.#keys.push(key);
    this.#values.push(value);
    if (this.#positions === undefined && this.#keys.length > COMPARED_KEYS) {
      this.#positions = new Map(this.#keys.map((each, position) => [each, position]));
    }
  }
}

/** A few bytes can stand for much text where fields of implicit presence are always emitted, hence the bound. */
export function refuseLength(): never {
  throw new MalformedMessage('its JSON text is longer than Weir allows');
}
