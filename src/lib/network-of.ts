import { isIPv4, isIPv6 } from 'node:net';
import { RecentMap } from './recent-map.ts';

/** Text that is no address is cut, so that nobody chooses how much memory it takes. */
const MAX_LENGTH = 64;

/** Those of the moment; the text of an IPv6 address takes a while to read. */
const known = new RecentMap<string, string>(4_096);

/**
 * Who commands an address: IPv4 by the whole address; IPv6 by its /64, the least that one host commands
 * (RFC 7421): by the whole address, each of them would be 2^64 callers. IPv4 in IPv6 (`::ffff:192.0.2.1`) is
 * the IPv4 address.
 */
export function networkOf(address: string): string {
  let network = known.get(address);
  if (network === undefined) {
    network = readNetwork(address);
    known.set(address, network);
  }
  return network;
}

function readNetwork(address: string): string {
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return address.slice(0, MAX_LENGTH);
  const groups = toGroups(address);
  const embedded = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (embedded) {
    const [high = 0, low = 0] = groups.slice(6);
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  const prefix = groups.slice(0, 4).map((group) => group.toString(16));
  return `${prefix.join(':')}::/64`;
}

/** The eight 16-bit groups of a valid IPv6 address (RFC 4291 §2.2), without its zone. */
function toGroups(address: string): number[] {
  const [text = ''] = address.split('%');
  const [head = '', tail] = text.split('::');
  const before = head === '' ? [] : head.split(':').flatMap(toGroup);
  const after = tail === undefined || tail === '' ? [] : tail.split(':').flatMap(toGroup);
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<number>(missing).fill(0), ...after];
}

function toGroup(text: string): number[] {
  if (!text.includes('.')) return [Number.parseInt(text, 16)];
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
}
