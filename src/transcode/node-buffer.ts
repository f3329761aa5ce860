/**
 * Node's own conversions between text and bytes, which work on any Uint8Array. They are part of
 * `Buffer.prototype` in every version of Node but of its documented form only through `Buffer#write` and
 * `Buffer#toString`, which first look at their arguments for longer than a short text takes.
 */
type Write = (this: Uint8Array, text: string, offset: number, length: number) => number;
type Slice = (this: Uint8Array, start: number, end: number) => string;

export const latin1Write = write('latin1Write');
export const utf8Write = write('utf8Write');
export const base64Write = write('base64Write');
export const latin1Slice = slice('latin1Slice');
export const utf8Slice = slice('utf8Slice');
export const base64Slice = slice('base64Slice');

function write(name: string): Write {
  const found: unknown = Reflect.get(Buffer.prototype, name);
  if (!isWrite(found)) throw new TypeError(`This Node has no Buffer.prototype.${name}.`);
  return found;
}

function isWrite(value: unknown): value is Write {
  return typeof value === 'function';
}

function slice(name: string): Slice {
  const found: unknown = Reflect.get(Buffer.prototype, name);
  if (!isSlice(found)) throw new TypeError(`This Node has no Buffer.prototype.${name}.`);
  return found;
}

function isSlice(value: unknown): value is Slice {
  return typeof value === 'function';
}
