import { MalformedMessage } from './malformed-message.ts';

/** A map field under decoding: entries as JSON text by their key's JSON text. A key's last value wins. */
export class MapText {
  readonly #entries = new Map<string, string>();
  readonly #maxLength: number;
  #length = 0;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  set(key: string, value: string): void {
    this.#length += key.length + value.length;
    if (this.#length > this.#maxLength) refuseLength();
    this.#entries.set(key, value);
  }

  toString(): string {
    let text = '';
    for (const [key, value] of this.#entries) {
      text = text === '' ? `{${key}:${value}` : `${text},${key}:${value}`;
    }
    return text === '' ? '{}' : `${text}}`;
  }
}

/** A few bytes can stand for much text where fields of implicit presence are always emitted, hence the bound. */
export function refuseLength(): never {
  throw new MalformedMessage('its JSON text is longer than Weir allows');
}
