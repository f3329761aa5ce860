/**
 * A script's reply, which is a list of integers unless the script is not the one we sent.
 * @param least how many there must be
 * @throws TypeError
 */
export function toIntegers(reply: unknown, least: number): readonly number[] {
  if (!Array.isArray(reply)) throw new TypeError('a limit script answered with no list');
  if (reply.length < least) throw new TypeError('a limit script answered with too few integers');
  return reply.map((item) => {
    if (typeof item !== 'number') throw new TypeError('a limit script answered with no integers');
    return item;
  });
}
