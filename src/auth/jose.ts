import { createRequire } from 'node:module';

type Jose = typeof import('jose');

const require = createRequire(import.meta.url);
let library: Jose | undefined;

/**
 * The library for JWT, loaded where tokens are verified or signed: with Web Cryptography, which it brings up,
 * it is megabytes that a gateway without tokens never uses.
 */
export function jose(): Jose {
  if (library !== undefined) return library;
  const loaded: Jose = require('jose');
  library = loaded;
  return loaded;
}
