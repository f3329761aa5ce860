/**
 * Noise with random access: the same numbers in give the same number out, in every process, so that
 * nobody has to remember a generator's state.
 */
export function uniform(...keys: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const key of keys) {
    // Low and high half, since a time in milliseconds needs more than 32 bits.
    hash = mix(hash ^ mix(key | 0));
    hash = mix(hash + Math.floor(key / 2 ** 32));
  }
  return (hash >>> 0) / 2 ** 32;
}

/** Mean 0, variance 1 (Box–Muller). */
export function gaussian(...keys: readonly number[]): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform(...keys, 1)));
  return radius * Math.cos(2 * Math.PI * uniform(...keys, 2));
}

/** The finaliser of MurmurHash3. */
function mix(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
