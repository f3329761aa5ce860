const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/**
 * The first key that stands twice in one object of a JSON text, or undefined. `JSON.parse` keeps the last
 * of them silently; ProtoJSON wants a refusal. The text must have passed `JSON.parse`, so only the
 * structure is looked at.
 */
export function findDuplicateKey(text: string): string | undefined {
  /** Keys of each open object, from the outside in; undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  let atKey = false;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case OPEN_BRACE:
        open.push(new Set());
        atKey = true;
        break;
      case OPEN_BRACKET:
        open.push(undefined);
        atKey = false;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        open.pop();
        atKey = false;
        break;
      case COMMA:
        atKey = open.at(-1) !== undefined;
        break;
      case QUOTE: {
        const end = endOfString(text, i);
        const keys = atKey ? open.at(-1) : undefined;
        if (keys !== undefined) {
          const key = readKey(text.slice(i, end));
          if (keys.has(key)) return key;
          keys.add(key);
        }
        atKey = false;
        i = end - 1;
        break;
      }
      default:
    }
  }
  return undefined;
}

/** The position after the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let end = start;
  do end = text.indexOf('"', end + 1);
  while (isEscaped(text, end));
  return end + 1;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

function readKey(literal: string): string {
  return literal.includes('\\') ? String(JSON.parse(literal)) : literal.slice(1, -1);
}
