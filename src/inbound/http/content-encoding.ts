import { promisify } from 'node:util';
import { brotliCompress, constants, gzip, zstdCompress } from 'node:zlib';

/** Content codings of RFC 9110 §8.4.1, RFC 7932 (br) and RFC 8878 (zstd), the cheapest for its size first. */
const CODINGS = ['zstd', 'br', 'gzip'] as const;

export type Coding = (typeof CODINGS)[number];

/**
 * The coding to answer with, by `Accept-Encoding` (RFC 9110 §12.5.3): the caller's favourite, and of
 * several equal ones ours. Undefined when the answer should go as it is.
 */
export function chooseCoding(acceptEncoding: string | undefined): Coding | undefined {
  if (acceptEncoding === undefined) return undefined;
  const weights = new Map<string, number>();
  for (const item of acceptEncoding.toLowerCase().split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim());
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    weights.set(name, q === undefined ? 1 : Number(q.slice(2)) || 0);
  }
  let best: Coding | undefined;
  let heaviest = 0;
  for (const coding of CODINGS) {
    const weight = weights.get(coding) ?? weights.get('*') ?? 0;
    if (weight <= heaviest) continue;
    best = coding;
    heaviest = weight;
  }
  return best;
}

/** Levels for text made anew each time: beyond them a few per cent of size cost several times the time. */
const COMPRESS: Readonly<Record<Coding, (body: string) => Promise<Buffer>>> = {
  zstd: (body) =>
    promisify(zstdCompress)(body, { params: { [constants.ZSTD_c_compressionLevel]: 3 } }),
  br: (body) =>
    promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (body) => promisify(gzip)(body, { level: 5 }),
};

/** Compresses in a thread of libuv's pool, so the event loop goes on meanwhile. */
export function compress(coding: Coding, body: string): Promise<Buffer> {
  return COMPRESS[coding](body);
}
