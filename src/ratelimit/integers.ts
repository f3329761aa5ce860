/** A script's reply, which is a list of integers unless the script is not the one we sent. */
export function toIntegers(reply: unknown): readonly number[] {
  if (!Array.isArray(reply)) throw new TypeError('a limit script answered with no list');
  return reply.map((item) => {
    if (typeof item !== 'number') throw new TypeError('a limit script answered with no integers');
    return item;
  });
}
