import { literal } from './constants.ts';

/** The code of a concatenation under construction. Constants that are neighbours become one. */
export class Concatenation {
  readonly #terms: string[] = [];
  #constant = '';

  constant(text: string): this {
    this.#constant += text;
    return this;
  }

  /** The code of an operand: a call, a variable or something in parentheses. */
  operand(code: string): this {
    this.#endConstant();
    this.#terms.push(code);
    return this;
  }

  /** An operand whose code takes the constant before it into itself. */
  joined(codeOf: (before: string) => string): this {
    const code = codeOf(this.#constant);
    this.#constant = '';
    this.#terms.push(code);
    return this;
  }

  /** The expression as far as it goes, to be followed by another from the start; `undefined` where there is nothing. */
  take(): string | undefined {
    this.#endConstant();
    const code = this.#terms.join(' + ');
    this.#terms.length = 0;
    return code === '' ? undefined : code;
  }

  #endConstant(): void {
    if (this.#constant === '') return;
    this.#terms.push(literal(this.#constant));
    this.#constant = '';
  }
}
