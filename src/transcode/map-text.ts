import { MalformedMessage } from './malformed-message.ts';
import type { UnsayableMessage } from './unsayable-message.ts';

/** Up to this many keys a comparison with each costs less than hashing; real maps are mostly this small. */
const COMPARED_KEYS = 8;

interface Entry {
  readonly key: string;
  /** The value's text, or why it has none. */
  value: string | UnsayableMessage;
  next: Entry | undefined;
}

/**
 * A map field under decoding: texts of keys and values by key, both without their quotes. A key's last value
 * wins. Entries are a chain and not an array, since most maps are of a few and an array that grows starts with
 * room for seventeen.
 */
export class MapText {
  readonly #maxLength: number;
  readonly #quote: string;
  #first: Entry | undefined;
  #last: Entry | undefined;
  #count = 0;
  /** By key, once there are too many to compare. */
  #entries: Map<string, Entry> | undefined;
  #length = 0;

  /** `quote` stands around each value. */
  constructor(maxLength: number, quote: '"' | '') {
    this.#maxLength = maxLength;
    this.#quote = quote;
  }

  /** The text that the key had before and has no more. */
  set(key: string, value: string | UnsayableMessage): string | undefined {
    this.#length += key.length + (typeof value === 'string' ? value.length : 0);
    if (this.#length > this.#maxLength) refuseLength();
    const entry = this.#find(key);
    if (entry === undefined) {
      this.#add(key, value);
      return undefined;
    }
    const before = entry.value;
    entry.value = value;
    return typeof before === 'string' ? before : undefined;
  }

  /** @throws UnsayableMessage where a value cannot be said in JSON and nothing came after it for its key. */
  get text(): string {
    const quote = this.#quote;
    const colon = `":${quote}`;
    const comma = `${quote},"`;
    let lead = '{"';
    let text = '';
    for (let entry = this.#first; entry !== undefined; entry = entry.next) {
      if (typeof entry.value !== 'string') throw entry.value;
      text = text + lead + entry.key + colon + entry.value;
      lead = comma;
    }
    return text === '' ? '{}' : `${text}${quote}}`;
  }

  #find(key: string): Entry | undefined {
    if (this.#entries !== undefined) return this.#entries.get(key);
    let entry = this.#first;
    while (entry !== undefined && entry.key !== key) entry = entry.next;
    return entry;
  }

  #add(key: string, value: string | UnsayableMessage): void {
    const entry: Entry = { key, value, next: undefined };
    if (this.#last === undefined) this.#first = entry;
    else this.#last.next = entry;
    this.#last = entry;
    this.#count++;
    if (this.#entries !== undefined) this.#entries.set(key, entry);
    else if (this.#count > COMPARED_KEYS) this.#entries = this.#byKey();
  }

  #byKey(): Map<string, Entry> {
    const entries = new Map<string, Entry>();
    for (let entry = this.#first; entry !== undefined; entry = entry.next) {
      entries.set(entry.key, entry);
    }
    return entries;
  }
}

/** A few bytes can stand for much text where fields of implicit presence are always emitted, hence the bound. */
export function refuseLength(): never {
  throw new MalformedMessage('its JSON text is longer than Weir allows');
}
