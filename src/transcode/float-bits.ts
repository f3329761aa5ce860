/** One double, one float and their bits in the same eight bytes: the cheapest way from the one to the other. */
export const doubles = new Float64Array(1);
export const floats = new Float32Array(doubles.buffer);
export const words = new Int32Array(doubles.buffer);

doubles[0] = 1;
/** Which of `words` holds a double's low bits on this machine; a float's are always in the first. */
export const LOW_WORD = words[0] === 0 ? 0 : 1;
