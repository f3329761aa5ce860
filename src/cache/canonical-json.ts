/** Deeper inputs are not cached: no contract is that deep, and the stack is finite. */
const MAX_DEPTH = 64;

/**
 * One text for all equal JSON values, whatever the order of their keys, and different texts for
 * different ones (-0 and 0 are different: protobuf keeps the sign).
 *
 * @returns undefined for what JSON cannot say (a Date, a bigint, a cycle), as in-process callers may pass it
 */
export function toCanonicalJson(value: unknown): string | undefined {
  return value === undefined ? '' : print(value, 0);
}

function print(value: unknown, depth: number): string | undefined {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth === MAX_DEPTH) return undefined;
      if (Array.isArray(value)) return printArray(value, depth);
      return isPlain(value) ? printObject(value, depth) : undefined;
    default:
      return undefined;
  }
}

function printArray(items: readonly unknown[], depth: number): string | undefined {
  const parts: string[] = [];
  for (const item of items) {
    const part = print(item, depth + 1);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return `[${parts.join(',')}]`;
}

function printObject(value: Readonly<Record<string, unknown>>, depth: number): string | undefined {
  const keys = Object.keys(value);
  if (keys.length > 1) keys.sort();
  let text = '{';
  for (const key of keys) {
    const part = print(value[key], depth + 1);
    if (part === undefined) return undefined;
    text += `${text === '{' ? '' : ','}${JSON.stringify(key)}:${part}`;
  }
  return `${text}}`;
}

function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
