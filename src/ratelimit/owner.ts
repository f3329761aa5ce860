import { createHash } from 'node:crypto';
import { networkOf } from '../lib/network-of.ts';
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

/** Made once for each network of the moment: a name made anew is hashed anew wherever it is looked up. */
const addressOwners = new RecentMap<string, string>(4_096);

export function addressOwner(address: string): string {
  const network = networkOf(address);
  let owner = addressOwners.get(network);
  if (owner === undefined) {
    owner = `a:${network}`;
    addressOwners.set(network, owner);
  }
  return owner;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
