/**
 * The objects that a piece of generated code refers to. They reach it as elements of an array, so the code
 * holds nothing of a contract but numbers, and names as JSON string literals.
 */
export class Constants {
  readonly values: unknown[] = [];
  /** What a decoder writes as it is, eight bytes of text to each number; the code knows it as `words`. */
  readonly words: number[] = [];
  readonly #names = new Map<unknown, string>();

  /** The identifier by which the code may refer to the value. */
  nameOf(value: unknown): string {
    let name = this.#names.get(value);
    if (name === undefined) {
      name = `c${this.values.length}`;
      this.#names.set(value, name);
      this.values.push(value);
    }
    return name;
  }

  /** Declares all identifiers, from an array named `constants`. */
  get declarations(): string {
    return this.values.map((_, index) => `const c${index} = constants[${index}];`).join('\n');
  }
}

/** A JavaScript string literal: every JSON string is one (ECMA-262, since 2019). */
export function literal(text: string): string {
  return JSON.stringify(text);
}

/** Runs generated code that ends in `return` of a function, with `parts` by name and `constants` by position. */
export function instantiate(code: string, parts: object, constants: Constants): unknown {
  const source = `'use strict';
const { ${Object.keys(parts).join(', ')} } = parts;
${constants.declarations}
${code}`;
  const words = Float64Array.from(constants.words);
  return new Function('parts', 'constants', 'words', source)(parts, constants.values, words);
}

/** Whether this process may turn text into code; `--disallow-code-generation-from-strings` forbids it. */
export function canGenerateCode(): boolean {
  try {
    return new Function('return true')() === true;
  } catch {
    return false;
  }
}
