/**
 * The first member name that occurs twice in one object of a valid JSON text, or undefined.
 *
 * RFC 7519 section 4 lets a parser take the last of two equal claims; two parsers on one path that
 * choose differently read two different tokens out of one signature, so Weir takes neither.
 */
export function findDuplicateKey(json: string): string | undefined {
  const scopes: Array<Set<string>> = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '{' || character === '[') scopes.push(new Set());
    else if (character === '}' || character === ']') scopes.pop();
    else if (character === '"') {
      const end = endOfString(json, at);
      const names = scopes.at(-1);
      if (names !== undefined && isFollowedByColon(json, end)) {
        const name: unknown = JSON.parse(json.slice(at, end));
        if (typeof name === 'string') {
          if (names.has(name)) return name;
          names.add(name);
        }
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** The index behind the closing quote of the string that opens at `start`. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isFollowedByColon(json: string, from: number): boolean {
  let at = from;
  while (at < json.length && ' \t\r\n'.includes(json.charAt(at))) at++;
  return json[at] === ':';
}
