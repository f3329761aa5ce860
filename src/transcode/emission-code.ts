import type { Constants } from './constants.ts';
import { pieceOf } from './json-writer.ts';

/**
 * The code that writes text, under construction: constants that are neighbours become one, and each is written
 * eight bytes at a time, as numbers of which the code knows the place alone. In it `w` is the JsonWriter, `V` its
 * view and `q` a scratch position.
 */
export class EmissionCode {
  readonly #constants: Constants;
  readonly #statements: string[] = [];
  #constant = '';
  /** How many bytes have to be reserved before the code runs. */
  size = 0;

  constructor(constants: Constants) {
    this.#constants = constants;
  }

  /** ASCII. */
  constant(text: string): this {
    this.#constant += text;
    return this;
  }

  /** A statement that writes at most `size` bytes, reserved beforehand. */
  bounded(statement: string, size: number): this {
    this.#endConstant();
    this.size += size;
    this.#statements.push(statement);
    return this;
  }

  /** A statement that reserves what it writes, after which the view may be another. */
  unbounded(statement: string): this {
    return this.bounded(`${statement} V = w.view;`, 0);
  }

  /** A statement whose code takes the constant before it into itself. */
  joined(size: number, statementOf: (before: string) => string): this {
    const statement = statementOf(this.#constant);
    this.size += this.#constant.length + size;
    this.#constant = '';
    this.#statements.push(statement);
    return this;
  }

  toString(): string {
    this.#endConstant();
    return this.#statements.join('\n');
  }

  #endConstant(): void {
    if (this.#constant === '') return;
    this.size += this.#constant.length;
    this.#statements.push(writeConstant(this.#constant, this.#constants));
    this.#constant = '';
  }
}

/** Code that writes a constant in reserved room. */
export function writeConstant(text: string, constants: Constants): string {
  if (text === '') return '';
  if (text.length === 1) return `V.setUint8(w.pos++, ${text.charCodeAt(0)});`;
  const { words, length } = pieceOf(text);
  const first = constants.words.length;
  constants.words.push(...words);
  const stores = Array.from(
    words,
    (_, i) => `V.setFloat64(${i === 0 ? 'q' : `q + ${i * 8}`}, words[${first + i}], true);`,
  );
  return `q = w.pos; ${stores.join(' ')} w.pos = q + ${length};`;
}
