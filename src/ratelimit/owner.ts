import { createHash } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { RecentMap } from '../lib/recent-map.ts';

/** Longer names are hashed, so that a caller cannot choose how much memory its bucket takes. */
const MAX_NAME = 64;

export function subjectOwner(subject: string): string {
  return `s:${subject.length > MAX_NAME ? digest(subject) : subject}`;
}

export function tenantOwner(tenant: string): string {
  return `t:${tenant.length > MAX_NAME ? digest(tenant) : tenant}`;
}

/** Hashed always: a key is a secret, and buckets are named in Redis. */
export function apiKeyOwner(key: string): string {
  return `k:${digest(key)}`;
}

/** Those of the callers of the moment; the text of an IPv6 address takes a while to read. */
const addressOwners = new RecentMap<string, string>(4_096);

/**
 * IPv4 by the whole address; IPv6 by its /64, the least that one host commands (RFC 7421): by the whole
 * address, each of them would have 2^64 buckets. IPv4 in IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
 */
export function addressOwner(address: string): string {
  let owner = addressOwners.get(address);
  if (owner === undefined) {
    owner = readAddress(address);
    addressOwners.set(address, owner);
  }
  return owner;
}

function readAddress(address: string): string {
  if (isIPv4(address)) return `a:${address}`;
  if (!isIPv6(address)) return `a:${address.slice(0, MAX_NAME)}`;
  const groups = toGroups(address);
  const embedded = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (embedded) {
    const [high = 0, low = 0] = groups.slice(6);
    return `a:${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  const prefix = groups.slice(0, 4).map((group) => group.toString(16));
  return `a:${prefix.join(':')}::/64`;
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

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
